// SPDX-License-Identifier: Apache-2.0
// Makes one profile out of several.
#include "model/merge.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "text/units.h"
#include "text/wrap.h"

namespace vole::model {
namespace {

using format::profile;

constexpr std::uint64_t kMappingRoundBytes =
    0x1000;  // sizes that differ within a page are the same mapping

bool is_zero(const format::sample& s) {
  return std::all_of(s.values.begin(), s.values.end(), [](std::int64_t v) { return v == 0; });
}

std::size_t mix(std::size_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdULL;
}

// Collects samples with everything they point at, sharing what is equal.
class merger {
 public:
  explicit merger(profile header) : out_(std::move(header)), samples_(0, {this}, {this}) {}

  void add(const profile& in) {
    in_ = &in;
    strings_.assign(in.strings.size(), kUnmapped);
    index_ids(in.mappings, mapping_index_);
    index_ids(in.locations, location_index_);
    index_ids(in.functions, function_index_);
    mapped_mappings_.assign(in.mappings.size(), {});
    mapped_locations_.assign(in.locations.size(), 0);
    mapped_functions_.assign(in.functions.size(), 0);
    // The first mapping is the main binary: take it first, or use would decide the order.
    if (out_.mappings.empty() && !in.mappings.empty()) map_mapping(in.mappings[0].id);
    for (const format::sample& s : in.samples) {
      if (!is_zero(s)) map_sample(s);
    }
  }

  profile take() { return std::move(out_); }

 private:
  static constexpr format::string_id kUnmapped = UINT32_MAX;

  using index_map = std::unordered_map<std::uint64_t, std::size_t>;
  struct moved_mapping {
    std::uint64_t id = 0;     // in the merged profile; 0: not mapped yet
    std::uint64_t shift = 0;  // what to add to an address, modulo 2^64
  };
  struct sample_hash {
    const merger* owner;
    std::size_t operator()(std::uint32_t i) const {
      const format::sample& s = owner->out_.samples[i];
      std::size_t hash = s.location_ids.size();
      for (std::uint64_t id : s.location_ids) hash = mix(hash, id);
      for (const format::label& l : s.labels) {
        hash = mix(mix(hash, l.key), (std::uint64_t{l.str} << 32) | l.num_unit);
        hash = mix(hash, static_cast<std::uint64_t>(l.num));
      }
      return hash;
    }
  };
  struct same_sample {
    const merger* owner;
    bool operator()(std::uint32_t a, std::uint32_t b) const {
      const format::sample& x = owner->out_.samples[a];
      const format::sample& y = owner->out_.samples[b];
      return x.location_ids == y.location_ids && x.labels == y.labels;
    }
  };
  using mapping_key = std::tuple<std::uint64_t, std::uint64_t, format::string_id>;
  using location_key = std::tuple<std::uint64_t, std::uint64_t, bool,
                                  std::vector<std::pair<std::uint64_t, std::int64_t>>>;
  using function_key =
      std::tuple<std::int64_t, format::string_id, format::string_id, format::string_id>;

  template <class Entry>
  static void index_ids(const std::vector<Entry>& entries, index_map& index) {
    index.clear();
    index.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) index.emplace(entries[i].id, i);
  }

  format::string_id map_string(format::string_id id) {
    if (strings_[id] == kUnmapped) strings_[id] = out_.strings.intern(in_->text(id));
    return strings_[id];
  }

  void map_sample(const format::sample& s) {
    format::sample& mapped = out_.samples.emplace_back();
    mapped.location_ids.reserve(s.location_ids.size());
    for (std::uint64_t id : s.location_ids) {
      mapped.location_ids.push_back(map_location(location_index_.at(id)));
    }
    mapped.labels.reserve(s.labels.size());
    for (const format::label& l : s.labels) {
      mapped.labels.push_back(
          {map_string(l.key), map_string(l.str), l.num, map_string(l.num_unit)});
    }
    mapped.values = s.values;
    const auto [known, is_new] =
        samples_.insert(static_cast<std::uint32_t>(out_.samples.size() - 1));
    if (is_new) return;
    out_.samples.pop_back();
    std::vector<std::int64_t>& sum = out_.samples[*known].values;
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] = text::wrap_add(sum[i], s.values[i]);
    }
  }

  std::uint64_t map_location(std::size_t index) {
    if (mapped_locations_[index] != 0) return mapped_locations_[index];
    const format::location& l = in_->locations[index];
    const moved_mapping mapping = map_mapping(l.mapping_id);
    format::location mapped{.id = out_.locations.size() + 1,
                            .mapping_id = mapping.id,
                            .address = l.address + mapping.shift,
                            .lines = {},
                            .is_folded = l.is_folded};
    location_key key{mapped.address, mapping.id, l.is_folded, {}};
    // Addresses count from the mapping's start, so that address space randomization does not
    // matter.
    if (mapping.id != 0) std::get<0>(key) -= out_.mappings[mapping.id - 1].memory_start;
    for (const format::line& line : l.lines) {
      const std::uint64_t function = map_function(line.function_id);
      mapped.lines.push_back({function, line.number, line.column});
      std::get<3>(key).emplace_back(function, line.number);
    }
    const auto [known, is_new] = locations_.emplace(std::move(key), mapped.id);
    if (is_new) out_.locations.push_back(std::move(mapped));
    return mapped_locations_[index] = known->second;
  }

  moved_mapping map_mapping(std::uint64_t id) {
    if (id == 0) return {};
    const std::size_t index = mapping_index_.at(id);
    if (mapped_mappings_[index].id != 0) return mapped_mappings_[index];
    const format::mapping& m = in_->mappings[index];
    format::mapping mapped = m;
    mapped.id = out_.mappings.size() + 1;
    mapped.filename = map_string(m.filename);
    mapped.build_id = map_string(m.build_id);
    std::uint64_t size = m.memory_limit - m.memory_start + kMappingRoundBytes - 1;
    size -= size % kMappingRoundBytes;
    // No build id and no file: a made-up mapping, the same as every other such.
    const format::string_id name = mapped.build_id != 0 ? mapped.build_id : mapped.filename;
    const auto [known, is_new] =
        mappings_.emplace(mapping_key{size, m.file_offset, name}, mapped.id);
    if (is_new) out_.mappings.push_back(mapped);
    const std::uint64_t start = out_.mappings[known->second - 1].memory_start;
    return mapped_mappings_[index] = {known->second, start - m.memory_start};
  }

  std::uint64_t map_function(std::uint64_t id) {
    const std::size_t index = function_index_.at(id);
    if (mapped_functions_[index] != 0) return mapped_functions_[index];
    format::function mapped = in_->functions[index];
    mapped.id = out_.functions.size() + 1;
    mapped.name = map_string(mapped.name);
    mapped.system_name = map_string(mapped.system_name);
    mapped.filename = map_string(mapped.filename);
    const auto [known, is_new] = functions_.emplace(
        function_key{mapped.start_line, mapped.name, mapped.system_name, mapped.filename},
        mapped.id);
    if (is_new) out_.functions.push_back(mapped);
    return mapped_functions_[index] = known->second;
  }

  profile out_;
  const profile* in_ = nullptr;
  std::vector<format::string_id> strings_;
  index_map mapping_index_;
  index_map location_index_;
  index_map function_index_;
  std::vector<moved_mapping> mapped_mappings_;
  std::vector<std::uint64_t> mapped_locations_;
  std::vector<std::uint64_t> mapped_functions_;
  std::unordered_set<std::uint32_t, sample_hash, same_sample> samples_;
  std::map<mapping_key, std::uint64_t> mappings_;
  std::map<location_key, std::uint64_t> locations_;
  std::map<function_key, std::uint64_t> functions_;
};

std::string type_text(const profile& p, const format::value_type& type) {
  return std::string(p.text(type.type)) + "/" + std::string(p.text(type.unit));
}

std::string_view singular(std::string_view type) {
  if (type.ends_with('s')) type.remove_suffix(1);
  return type;
}

// The unit that both `type`s can be given in without loss; fails if they do not measure the same
// thing.
base::result<std::string> finer_unit(const profile& p, const format::value_type& type,
                                     const profile& q, const format::value_type& other) {
  const std::string_view unit = p.text(type.unit);
  const std::string_view other_unit = q.text(other.unit);
  const bool same_type = singular(p.text(type.type)) == singular(q.text(other.type));
  if (!same_type || (unit != other_unit && !text::same_dimension(unit, other_unit))) {
    return base::error{"incompatible types: " + type_text(p, type) + " and " + type_text(q, other)};
  }
  return std::string(text::scale(1, other_unit, unit).value < 1 ? other_unit : unit);
}

void scale_each(profile& p, std::span<const double> ratios) {
  if (std::all_of(ratios.begin(), ratios.end(), [](double r) { return r == 1; })) return;
  std::erase_if(p.samples, [&](format::sample& s) {
    // As in Go: only a value that was scaled speaks for keeping the sample.
    bool keep = false;
    for (std::size_t i = 0; i < ratios.size(); ++i) {
      if (ratios[i] == 1) continue;
      s.values[i] = text::truncate(std::round(static_cast<double>(s.values[i]) * ratios[i]));
      keep = keep || s.values[i] != 0;
    }
    return !keep;
  });
}

// Brings each sample type's values and the period to one unit in all sources.
base::result<bool> unify_units(std::vector<profile>& sources) {
  const std::size_t types = sources[0].sample_types.size();
  std::vector<std::vector<double>> ratios(sources.size(), std::vector<double>(types, 1.0));
  for (std::size_t i = 0; i <= types; ++i) {
    auto type_of = [&](profile& p) -> format::value_type& {
      return i < types ? p.sample_types[i] : *p.period_type;
    };
    std::size_t finest = 0;
    for (std::size_t j = 1; j < sources.size(); ++j) {
      base::result<std::string> unit =
          finer_unit(sources[finest], type_of(sources[finest]), sources[j], type_of(sources[j]));
      if (!unit) return unit.failure(i < types ? "sample types" : "period type");
      if (*unit != sources[finest].text(type_of(sources[finest]).unit)) finest = j;
    }
    const std::string unit(sources[finest].text(type_of(sources[finest]).unit));
    for (std::size_t j = 0; j < sources.size(); ++j) {
      profile& p = sources[j];
      const std::string_view own = p.text(type_of(p).unit);
      if (i < types) {
        ratios[j][i] = text::scale(1, own, unit).value;
      } else {
        p.period = text::truncate(text::scale(p.period, own, unit).value);
      }
      type_of(p).unit = p.strings.intern(unit);
    }
  }
  for (std::size_t j = 0; j < sources.size(); ++j) scale_each(sources[j], ratios[j]);
  return true;
}

base::result<bool> check_compatible(const profile& p, const profile& q) {
  auto differ = [&](const format::value_type& a, const format::value_type& b) {
    return p.text(a.type) != q.text(b.type) || p.text(a.unit) != q.text(b.unit);
  };
  if (differ(*p.period_type, *q.period_type)) {
    return base::error{"incompatible period types " + type_text(p, *p.period_type) + " and " +
                       type_text(q, *q.period_type)};
  }
  for (std::size_t i = 0; i < p.sample_types.size(); ++i) {
    if (differ(p.sample_types[i], q.sample_types[i])) {
      return base::error{"incompatible sample types " + type_text(p, p.sample_types[i]) + " and " +
                         type_text(q, q.sample_types[i])};
    }
  }
  return true;
}

profile merge_headers(const std::vector<profile>& sources) {
  profile out;
  auto copy_type = [&](const profile& p, const format::value_type& type) {
    return format::value_type{out.strings.intern(p.text(type.type)),
                              out.strings.intern(p.text(type.unit))};
  };
  const profile& first = sources[0];
  for (const format::value_type& type : first.sample_types) {
    out.sample_types.push_back(copy_type(first, type));
  }
  out.period_type = copy_type(first, *first.period_type);
  out.drop_frames = out.strings.intern(first.text(first.drop_frames));
  out.keep_frames = out.strings.intern(first.text(first.keep_frames));
  for (const profile& p : sources) {
    if (out.time_nanos == 0 || p.time_nanos < out.time_nanos) out.time_nanos = p.time_nanos;
    out.duration_nanos = text::wrap_add(out.duration_nanos, p.duration_nanos);
    if (out.period == 0 || out.period < p.period) out.period = p.period;
    for (format::string_id comment : p.comments) {
      const format::string_id id = out.strings.intern(p.text(comment));
      if (std::find(out.comments.begin(), out.comments.end(), id) == out.comments.end()) {
        out.comments.push_back(id);
      }
    }
    if (out.default_sample_type == format::kEmptyString) {
      out.default_sample_type = out.strings.intern(p.text(p.default_sample_type));
    }
    if (out.doc_url == format::kEmptyString) out.doc_url = out.strings.intern(p.text(p.doc_url));
  }
  return out;
}

}  // namespace

base::result<profile> merge_profiles(std::vector<profile> sources) {
  for (profile& p : sources) {
    if (!p.period_type) p.period_type.emplace();
    if (p.sample_types.size() != sources[0].sample_types.size()) {
      return base::error{
          "inconsistent samples type count: " + std::to_string(sources[0].sample_types.size()) +
          " != " + std::to_string(p.sample_types.size())};
    }
  }
  if (sources.size() > 1) {
    if (base::result<bool> unified = unify_units(sources); !unified) return unified.failure();
  }
  for (const profile& p : sources) {
    if (base::result<bool> fits = check_compatible(sources[0], p); !fits) return fits.failure();
  }
  merger merged(merge_headers(sources));
  for (profile& p : sources) {
    merged.add(p);
    p.samples = {};  // the inputs can be large: give each back as soon as it is in
  }
  profile out = merged.take();
  if (std::any_of(out.samples.begin(), out.samples.end(), is_zero)) {
    std::vector<profile> again;
    again.push_back(std::move(out));
    return merge_profiles(std::move(again));
  }
  return out;
}

void scale_values(profile& p, double ratio) {
  scale_each(p, std::vector<double>(p.sample_types.size(), ratio));
}

base::result<bool> normalize_values(profile& p, const profile& base) {
  if (p.sample_types.size() != base.sample_types.size()) {
    return base::error{"incompatible sample types"};
  }
  if (base::result<bool> fits = check_compatible(p, base); !fits) return fits;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < p.sample_types.size(); ++i) {
    std::int64_t own = 0;
    std::int64_t wanted = 0;
    for (const format::sample& s : p.samples) own = text::wrap_add(own, s.values[i]);
    for (const format::sample& s : base.samples) wanted = text::wrap_add(wanted, s.values[i]);
    ratios.push_back(own == 0 ? 0.0 : static_cast<double>(wanted) / static_cast<double>(own));
  }
  scale_each(p, ratios);
  return true;
}

void set_label(profile& p, std::string_view key, std::string_view value) {
  remove_label(p, key);
  const format::label label{
      .key = p.strings.intern(key), .str = p.strings.intern(value), .num = 0, .num_unit = 0};
  for (format::sample& s : p.samples) {
    const auto place = std::find_if(s.labels.begin(), s.labels.end(), [&](const format::label& l) {
      return l.str == format::kEmptyString || p.text(l.key) > key;
    });
    s.labels.insert(place, label);
  }
}

void remove_label(profile& p, std::string_view key) {
  const std::optional<format::string_id> id = p.strings.find(key);
  if (!id) return;
  for (format::sample& s : p.samples) {
    std::erase_if(s.labels, [&](const format::label& l) {
      return l.key == *id && l.str != format::kEmptyString;
    });
  }
}

}  // namespace vole::model
