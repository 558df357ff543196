// SPDX-License-Identifier: Apache-2.0
// Drops samples and frames: focus, ignore, hide, show and their kin.
#include "model/filter.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <set>

#include "model/labels.h"
#include "model/tag_filter.h"

namespace vole::model {
namespace {

using format::profile;
using warn_function = std::function<void(const std::string&)>;

// A regular expression that remembers its verdict on each string of one profile: names repeat,
// regexes are slow.
class name_matcher {
 public:
  name_matcher(const profile& p, std::string_view pattern)
      : profile_(p),
        regex_(re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet),
        verdicts_(p.strings.size(), verdict::unknown) {}

  bool ok() const { return regex_.ok(); }
  const std::string& error() const { return regex_.error(); }

  bool matches(format::string_id id) {
    verdict& known = verdicts_[id];
    if (known == verdict::unknown) {
      known = matches_text(profile_.text(id)) ? verdict::yes : verdict::no;
    }
    return known == verdict::yes;
  }
  bool matches_text(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex_);
  }
  bool matches_function(std::uint64_t function_id) {
    const format::function& f = profile_.functions[function_id - 1];
    return matches(f.name) || matches(f.filename);
  }
  bool matches_mapping(const format::location& l) {
    return l.mapping_id != 0 && matches(profile_.mappings[l.mapping_id - 1].filename);
  }
  bool matches_location(const format::location& l) {
    for (const format::line& line : l.lines) {
      if (matches_function(line.function_id)) return true;
    }
    return matches_mapping(l);
  }

 private:
  enum class verdict : char { unknown, no, yes };
  const profile& profile_;
  RE2 regex_;
  std::vector<verdict> verdicts_;
};

using matcher_pointer = std::unique_ptr<name_matcher>;

base::result<matcher_pointer> compile(const profile& p, const char* option,
                                      const std::string& pattern) {
  if (pattern.empty()) return matcher_pointer();
  auto matcher = std::make_unique<name_matcher>(p, pattern);
  if (!matcher->ok()) {
    return base::error{std::string("parsing ") + option + " regexp: " + matcher->error()};
  }
  return matcher;
}

struct name_filters {
  matcher_pointer focus, ignore, hide, show, show_from, prune_from, tagshow, taghide;
};

struct name_matches {
  bool focus = false, ignore = false, hide = false, show = false;
};

enum class mark : char { none, focused, ignored };

// Removes lines from the locations and says what becomes of each.
name_matches mark_locations(profile& p, name_filters& f, std::vector<mark>& marks,
                            std::vector<bool>& hidden) {
  name_matches found;
  for (std::size_t i = 0; i < p.locations.size(); ++i) {
    format::location& l = p.locations[i];
    if (f.ignore && f.ignore->matches_location(l)) {
      found.ignore = true;
      marks[i] = mark::ignored;
    } else if (!f.focus || f.focus->matches_location(l)) {
      found.focus = true;
      marks[i] = mark::focused;
    }
    if (f.hide && f.hide->matches_location(l)) {
      found.hide = true;
      if (f.hide->matches_mapping(l)) l.lines.clear();
      std::erase_if(l.lines,
                    [&](auto& line) { return f.hide->matches_function(line.function_id); });
      if (l.lines.empty()) hidden[i] = true;
    }
    if (f.show) {
      if (!f.show->matches_mapping(l)) {
        std::erase_if(l.lines,
                      [&](auto& line) { return !f.show->matches_function(line.function_id); });
      }
      if (l.lines.empty()) {
        hidden[i] = true;
      } else {
        found.show = true;
      }
    }
  }
  return found;
}

name_matches filter_by_name(profile& p, name_filters& f) {
  std::vector<mark> marks(p.locations.size(), mark::none);
  std::vector<bool> hidden(p.locations.size());
  const name_matches found = mark_locations(p, f, marks, hidden);
  std::erase_if(p.samples, [&](format::sample& s) {
    bool focused = false;
    for (std::uint64_t id : s.location_ids) {
      if (marks[id - 1] == mark::ignored) return true;
      focused = focused || marks[id - 1] == mark::focused;
    }
    if (!focused) return true;
    std::erase_if(s.location_ids, [&](std::uint64_t id) { return hidden[id - 1]; });
    return s.location_ids.empty();
  });
  return found;
}

bool filter_show_from(profile& p, name_matcher& matcher) {
  std::vector<bool> matched(p.locations.size());
  bool any = false;
  for (std::size_t i = 0; i < p.locations.size(); ++i) {
    format::location& l = p.locations[i];
    bool found = matcher.matches_mapping(l);
    for (std::size_t n = l.lines.size(); !found && n > 0; --n) {
      if (!matcher.matches_function(l.lines[n - 1].function_id)) continue;
      l.lines.resize(n);
      found = true;
    }
    matched[i] = found;
    any = any || found;
  }
  std::erase_if(p.samples, [&](format::sample& s) {
    std::size_t kept = s.location_ids.size();
    while (kept > 0 && !matched[s.location_ids[kept - 1] - 1]) --kept;
    s.location_ids.resize(kept);
    return kept == 0;
  });
  return any;
}

// A function name without what comes from its first parenthesis on, unless that is part of the
// name.
std::string_view simple_function_name(std::string_view name) {
  constexpr std::string_view kReserved[] = {"(anonymous namespace)", "operator()"};
  if (name.starts_with('.')) name.remove_prefix(1);
  for (std::size_t at = 0; at < name.size();) {
    std::size_t skip = 0;
    for (std::string_view reserved : kReserved) {
      if (name.substr(at).starts_with(reserved)) skip = reserved.size();
    }
    if (skip == 0 && name[at] == '(') return name.substr(0, at);
    at += std::max<std::size_t>(skip, 1);
  }
  return name;
}

void filter_prune_from(profile& p, const name_matcher& matcher) {
  std::vector<bool> beneath(p.locations.size());
  for (std::size_t i = 0; i < p.locations.size(); ++i) {
    std::vector<format::line>& lines = p.locations[i].lines;
    for (auto line = lines.begin(); line != lines.end(); ++line) {
      const std::string_view name = p.text(p.functions[line->function_id - 1].name);
      if (name.empty() || !matcher.matches_text(simple_function_name(name))) continue;
      beneath[i] = true;
      lines.erase(lines.begin(), line);
      break;
    }
  }
  for (format::sample& s : p.samples) {
    const auto first = std::find_if(s.location_ids.begin(), s.location_ids.end(),
                                    [&](std::uint64_t id) { return beneath[id - 1]; });
    if (first != s.location_ids.end()) s.location_ids.erase(s.location_ids.begin(), first);
  }
}

struct tag_matches {
  bool show = false, hide = false;
};

tag_matches filter_labels_by_key(profile& p, name_filters& f) {
  tag_matches found;
  for (format::sample& s : p.samples) {
    std::erase_if(s.labels, [&](const format::label& l) {
      const bool shown = !f.tagshow || f.tagshow->matches(l.key);
      const bool hidden = f.taghide && f.taghide->matches(l.key);
      found.show = found.show || shown;
      found.hide = found.hide || hidden;
      return !shown || hidden;
    });
  }
  return found;
}

base::result<name_filters> compile_all(const profile& p, const filter_options& o) {
  name_filters f;
  const struct {
    const char* name;
    const std::string& pattern;
    matcher_pointer& out;
  } options[] = {{"focus", o.focus, f.focus},
                 {"ignore", o.ignore, f.ignore},
                 {"hide", o.hide, f.hide},
                 {"show", o.show, f.show},
                 {"show_from", o.show_from, f.show_from},
                 {"prune_from", o.prune_from, f.prune_from},
                 {"tagshow", o.tagshow, f.tagshow},
                 {"taghide", o.taghide, f.taghide}};
  for (const auto& option : options) {
    base::result<matcher_pointer> matcher = compile(p, option.name, option.pattern);
    if (!matcher) return matcher.failure();
    option.out = *std::move(matcher);
  }
  return f;
}

struct tag_filters {
  tag_predicate focus, ignore;  // empty: not asked for
};

void filter_by_tag(profile& p, const tag_filters& f, const warn_function& warn) {
  bool any_focused = false;
  bool any_ignored = false;
  std::erase_if(p.samples, [&](const format::sample& s) {
    const bool focused = !f.focus || f.focus(p, s);
    const bool ignored = f.ignore && f.ignore(p, s);
    any_focused = any_focused || focused;
    any_ignored = any_ignored || ignored;
    return !focused || ignored;
  });
  if (f.focus && !any_focused) warn("TagFocus expression matched no samples");
  if (f.ignore && !any_ignored) warn("TagIgnore expression matched no samples");
}

}  // namespace

unit_of_key number_label_units(const profile& p, const warn_function& complain) {
  unit_of_key units;
  std::map<std::string, std::set<std::string>> passed_over;
  for (const format::sample& s : p.samples) {
    for (const format::label& l : s.labels) {
      if (!is_number(l)) continue;
      std::string& unit = units[std::string(p.text(l.key))];
      const std::string_view own = p.text(l.num_unit);
      if (own.empty() || own == unit) continue;
      if (unit.empty()) {
        unit = own;
      } else {
        passed_over[std::string(p.text(l.key))].emplace(own);
      }
    }
  }
  for (auto& [key, unit] : units) {
    if (unit.empty()) unit = key == "alignment" || key == "request" ? "bytes" : key;
  }
  for (const auto& [key, others] : passed_over) {
    std::string list;
    for (const std::string& other : others) list.append(list.empty() ? "" : ", ").append(other);
    std::string line = "For tag ";
    line.append(key).append(" used unit ").append(units[key]);
    line.append(", also encountered unit(s) ").append(list);
    complain(line);
  }
  return units;
}

base::result<bool> filter_profile(profile& p, const filter_options& options,
                                  const unit_of_key& units, const warn_function& warn) {
  base::result<name_filters> compiled = compile_all(p, options);
  if (!compiled) return compiled.failure();
  name_filters& f = *compiled;
  base::result<tag_predicate> tagfocus =
      compile_tag_filter("tagfocus", options.tagfocus, units, warn);
  if (!tagfocus) return tagfocus.failure();
  base::result<tag_predicate> tagignore =
      compile_tag_filter("tagignore", options.tagignore, units, warn);
  if (!tagignore) return tagignore.failure();

  const name_matches names = filter_by_name(p, f);
  if (f.focus && !names.focus) warn("Focus expression matched no samples");
  if (f.ignore && !names.ignore) warn("Ignore expression matched no samples");
  if (f.hide && !names.hide) warn("Hide expression matched no samples");
  if (f.show && !names.show) warn("Show expression matched no samples");
  if (f.show_from && !filter_show_from(p, *f.show_from)) {
    warn("ShowFrom expression matched no samples");
  }
  filter_by_tag(p, {*std::move(tagfocus), *std::move(tagignore)}, warn);
  const tag_matches tags = filter_labels_by_key(p, f);
  if (f.tagshow && !tags.show) warn("TagShow expression matched no samples");
  if (f.taghide && !tags.hide) warn("TagHide expression matched no samples");
  if (f.prune_from) filter_prune_from(p, *f.prune_from);
  return true;
}

void drop_uninteresting_frames(profile& p) {
  if (p.drop_frames == format::kEmptyString) return;
  const name_matcher drop(p, "^(" + std::string(p.text(p.drop_frames)) + ")$");
  const name_matcher keep(p, "^(" + std::string(p.text(p.keep_frames)) + ")$");
  const bool has_keep = p.keep_frames != format::kEmptyString;
  if (!drop.ok() || (has_keep && !keep.ok())) return;

  enum class cut : char { none, whole, beneath };
  std::vector<cut> cuts(p.locations.size(), cut::none);
  for (std::size_t i = 0; i < p.locations.size(); ++i) {
    std::vector<format::line>& lines = p.locations[i].lines;
    for (std::size_t n = lines.size(); n > 0; --n) {
      const std::string_view full = p.text(p.functions[lines[n - 1].function_id - 1].name);
      const std::string_view name = simple_function_name(full);
      if (full.empty() || !drop.matches_text(name)) continue;
      if (has_keep && keep.matches_text(name)) continue;
      cuts[i] = n == lines.size() ? cut::whole : cut::beneath;
      if (cuts[i] == cut::beneath) lines.erase(lines.begin(), lines.begin() + static_cast<long>(n));
      break;
    }
  }
  for (format::sample& s : p.samples) {
    bool found_user_frame = false;  // never prune everything
    for (std::size_t n = s.location_ids.size(); n > 0; --n) {
      const cut what = cuts[s.location_ids[n - 1] - 1];
      if (what == cut::none) {
        found_user_frame = true;
      } else if (found_user_frame) {
        const std::size_t dropped = what == cut::whole ? n : n - 1;
        s.location_ids.erase(s.location_ids.begin(),
                             s.location_ids.begin() + static_cast<long>(dropped));
        break;
      }
    }
  }
}

}  // namespace vole::model
