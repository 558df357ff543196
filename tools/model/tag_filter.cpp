// SPDX-License-Identifier: Apache-2.0
// The predicates that -tagfocus and -tagignore describe.
#include "model/tag_filter.h"

#include <re2/re2.h>

#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "model/labels.h"
#include "text/units.h"

namespace vole::model {
namespace {

using number_predicate = std::function<bool(std::int64_t, std::string_view)>;

struct quantity {
  std::string text;
  std::int64_t number = 0;
  std::string unit;
};

// The first quantities in `filter`, at most two: digits with an optional sign, then letters.
std::optional<std::vector<quantity>> find_quantities(const std::string& filter) {
  static const RE2 pattern("(([+-]?[[:digit:]]+)([[:alpha:]]+)?)");
  std::vector<quantity> found;
  re2::StringPiece rest(filter);
  std::string text;
  std::string number;
  std::string unit;
  while (found.size() < 2 && RE2::FindAndConsume(&rest, pattern, &text, &number, &unit)) {
    quantity q{text, 0, unit};
    const char* first = number.data() + (number[0] == '+' ? 1 : 0);
    const char* last = number.data() + number.size();
    if (std::from_chars(first, last, q.number).ec != std::errc()) return std::nullopt;
    found.push_back(std::move(q));
  }
  return found;
}

// Empty if the filter is not a range.
number_predicate parse_range(const std::string& filter) {
  const std::optional<std::vector<quantity>> quantities = find_quantities(filter);
  if (!quantities || quantities->empty()) return {};
  const quantity& low = quantities->front();
  const text::scaled_value from = text::scale(low.number, low.unit, low.unit);
  auto compare = [from](auto accept) -> number_predicate {
    return [from, accept](std::int64_t value, std::string_view unit) {
      const text::scaled_value scaled = text::scale(value, unit, from.unit);
      return scaled.unit == from.unit && accept(scaled.value);
    };
  };
  if (quantities->size() == 1) {
    if (filter == low.text) return compare([v = from.value](double x) { return x == v; });
    if (filter == low.text + ":") return compare([v = from.value](double x) { return x >= v; });
    if (filter == ":" + low.text) return compare([v = from.value](double x) { return x <= v; });
    return {};
  }
  const quantity& high = quantities->back();
  if (filter != low.text + ":" + high.text) return {};
  const text::scaled_value to = text::scale(high.number, high.unit, from.unit);
  if (to.unit != from.unit) return {};
  return compare([a = from.value, b = to.value](double x) { return x >= a && x <= b; });
}

tag_predicate range_predicate(const std::string& wanted_key, number_predicate in_range,
                              const unit_of_key& units) {
  return [wanted_key, in_range = std::move(in_range), &units](const format::profile& p,
                                                              const format::sample& s) {
    for (const format::label& l : s.labels) {
      if (!is_number(l)) continue;
      const std::string_view key = p.text(l.key);
      if (!wanted_key.empty() && key != wanted_key) continue;
      const auto unit = units.find(key);
      if (in_range(l.num, unit == units.end() ? std::string_view() : unit->second)) return true;
    }
    return false;
  };
}

using regex_list = std::vector<std::shared_ptr<const RE2>>;

bool any_label_matches(const format::profile& p, const format::sample& s, const RE2& regex) {
  for (const format::label& l : s.labels) {
    if (is_number(l)) continue;
    const std::string text = std::string(p.text(l.key)) + ":" + std::string(p.text(l.str));
    if (RE2::PartialMatch(text, regex)) return true;
  }
  return false;
}

tag_predicate regex_predicate(bool has_key, const std::string& wanted_key, regex_list regexes) {
  if (!has_key) {
    return [regexes = std::move(regexes)](const format::profile& p, const format::sample& s) {
      for (const auto& regex : regexes) {
        if (!any_label_matches(p, s, *regex)) return false;
      }
      return true;
    };
  }
  return [wanted_key, regexes = std::move(regexes)](const format::profile& p,
                                                    const format::sample& s) {
    for (const format::label& l : s.labels) {
      if (is_number(l) || p.text(l.key) != wanted_key) continue;
      const std::string_view text = p.text(l.str);
      for (const auto& regex : regexes) {
        if (RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex)) return true;
      }
    }
    return false;
  };
}

}  // namespace

base::result<tag_predicate> compile_tag_filter(
    const char* option, const std::string& value, const unit_of_key& units,
    const std::function<void(const std::string&)>& warn) {
  if (value.empty()) return tag_predicate();
  const std::size_t equals = value.find('=');
  // "=x" names the empty key, which counts as no key, as it does in Go.
  const std::string key = equals == std::string::npos ? std::string() : value.substr(0, equals);
  const std::string wanted = equals == std::string::npos ? value : value.substr(equals + 1);
  if (number_predicate in_range = parse_range(wanted)) {
    warn(std::string(option) + ":Interpreted '" + wanted + "' as range, not regexp");
    return range_predicate(key, std::move(in_range), units);
  }
  regex_list regexes;
  for (std::size_t begin = 0; begin <= wanted.size();) {
    const std::size_t end = std::min(wanted.find(',', begin), wanted.size());
    auto regex = std::make_shared<const RE2>(wanted.substr(begin, end - begin), RE2::Quiet);
    if (!regex->ok()) {
      return base::error{std::string("parsing ") + option + " regexp: " + regex->error()};
    }
    regexes.push_back(std::move(regex));
    begin = end + 1;
  }
  return regex_predicate(!key.empty(), key, std::move(regexes));
}

}  // namespace vole::model
