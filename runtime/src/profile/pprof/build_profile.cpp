// SPDX-License-Identifier: Apache-2.0
// Locations, functions and mappings in the order in which samples bring them, as Go's runtime does.
#include "profile/pprof/build_profile.h"

#include "base/check.h"

namespace vole::profile {

profile_builder::profile_builder(const std::vector<type_and_unit>& sample_types,
                                 type_and_unit period_type, std::int64_t period)
    : modules_(symbol::loaded_modules()), mapping_ids_(modules_.size()) {
  auto& strings = profile_.strings;
  for (const type_and_unit& t : sample_types)
    profile_.sample_types.push_back({strings.intern(t.type), strings.intern(t.unit)});
  profile_.period_type = {strings.intern(period_type.type), strings.intern(period_type.unit)};
  profile_.period = period;
  // Tools take the first mapping for the program, whether or not a sample lies in it.
  if (!modules_.empty()) mapping_of(modules_[0].low);
}

void profile_builder::add(std::span<const std::uintptr_t> pcs, std::span<const std::int64_t> values,
                          const label_entries& labels, std::int64_t object_bytes) {
  VOLE_ASSERT(values.size() == profile_.sample_types.size());
  format::sample& sample = profile_.samples.emplace_back();
  sample.values.assign(values.begin(), values.end());
  sample.location_ids.reserve(pcs.size());
  for (const std::uintptr_t pc : pcs) sample.location_ids.push_back(location_of(pc));
  for (const auto& [key, value] : labels) {
    if (value.empty()) continue;  // Go's reader would drop the label
    sample.labels.push_back(
        {.key = profile_.strings.intern(key), .str = profile_.strings.intern(value)});
  }
  if (object_bytes != 0)
    sample.labels.push_back({.key = profile_.strings.intern("bytes"),
                             .num = object_bytes,
                             .num_unit = profile_.strings.intern("bytes")});
}

std::uint64_t profile_builder::location_of(std::uintptr_t pc) {
  const auto [place, is_new] = locations_.try_emplace(pc, profile_.locations.size() + 1);
  if (!is_new) return place->second;
  const std::uint64_t id = place->second;
  format::location location;
  location.id = id;
  location.address = pc - 1;
  location.mapping_id = mapping_of(pc - 1);
  for (const symbol::source_frame& frame : symbol::symbolize(pc - 1)) {
    const std::uint64_t function =
        function_of(frame.name, frame.linkage_name, frame.file, frame.start_line);
    location.lines.push_back({.function_id = function, .number = frame.line});
  }
  profile_.locations.push_back(std::move(location));
  return id;
}

std::uint64_t profile_builder::function_of(std::string_view name, std::string_view system_name,
                                           std::string_view file, int start_line) {
  const format::string_id system_id = profile_.strings.intern(system_name);
  const format::string_id file_id = profile_.strings.intern(file);
  const auto [place, is_new] =
      functions_.try_emplace({system_id, file_id, start_line}, profile_.functions.size() + 1);
  if (is_new)
    profile_.functions.push_back({.id = place->second,
                                  .name = profile_.strings.intern(name),
                                  .system_name = system_id,
                                  .filename = file_id,
                                  .start_line = start_line});
  return place->second;
}

std::uint64_t profile_builder::mapping_of(std::uintptr_t address) {
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    const symbol::loaded_module& m = modules_[i];
    if (address < m.low || address >= m.high) continue;
    if (mapping_ids_[i] != 0) return mapping_ids_[i];
    mapping_ids_[i] = profile_.mappings.size() + 1;
    profile_.mappings.push_back({.id = mapping_ids_[i],
                                 .memory_start = m.low,
                                 .memory_limit = m.high,
                                 .file_offset = m.file_offset,
                                 .filename = profile_.strings.intern(m.path),
                                 .build_id = profile_.strings.intern(m.build_id)});
    return mapping_ids_[i];
  }
  return 0;
}

format::profile& profile_builder::finish() {
  for (format::mapping& m : profile_.mappings)
    m.has_functions = m.has_filenames = m.has_line_numbers = m.has_inline_frames = true;
  for (const format::location& location : profile_.locations) {
    if (location.mapping_id == 0) continue;
    format::mapping& m = profile_.mappings[location.mapping_id - 1];
    if (location.lines.empty()) m.has_functions = false;
    for (const format::line& line : location.lines) {
      const format::function& function = profile_.functions[line.function_id - 1];
      if (function.filename == format::kEmptyString) m.has_filenames = false;
      if (line.number == 0) m.has_line_numbers = false;
    }
  }
  for (format::mapping& m : profile_.mappings) {
    m.has_filenames = m.has_filenames && m.has_functions;
    m.has_line_numbers = m.has_line_numbers && m.has_functions;
    // Only debug information tells of inlined calls, and it tells of all of them.
    m.has_inline_frames = m.has_line_numbers;
  }
  return profile_;
}

}  // namespace vole::profile
