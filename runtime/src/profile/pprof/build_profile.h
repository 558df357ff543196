// SPDX-License-Identifier: Apache-2.0
// Stacks and values to a format::profile, symbolized.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "format/profile.h"
#include "profile/cpu/cpu_sampler.h"
#include "symbol/symbolizer.h"

namespace vole::profile {

struct type_and_unit {
  std::string_view type, unit;
};

// Adds samples one by one; the caller fills in the scalars of profile(). Functions are named
// without their parameters, and with the mangled name as system name; inlined calls are lines of
// their own. Addresses are those of the calls (return address - 1). Mappings are the loaded modules
// that samples lie in, the program always first; a mapping is marked as symbolized only if all its
// locations are.
class profile_builder {
 public:
  profile_builder(const std::vector<type_and_unit>& sample_types, type_and_unit period_type,
                  std::int64_t period);

  // `pcs` as symbol::unwind gives them, innermost first; as many values as sample types. An
  // object size that is not 0 becomes the number label "bytes".
  void add(std::span<const std::uintptr_t> pcs, std::span<const std::int64_t> values,
           const label_entries& labels = {}, std::int64_t object_bytes = 0);

  // Marks the mappings. After this nothing may be added.
  format::profile& finish();

 private:
  std::uint64_t location_of(std::uintptr_t pc);
  std::uint64_t function_of(std::string_view name, std::string_view system_name,
                            std::string_view file, int start_line);
  std::uint64_t mapping_of(std::uintptr_t address);

  format::profile profile_;
  std::vector<symbol::loaded_module> modules_;
  std::vector<std::uint64_t> mapping_ids_;  // of modules_; 0: not in the profile yet
  std::unordered_map<std::uintptr_t, std::uint64_t> locations_;
  std::map<std::tuple<format::string_id, format::string_id, int>, std::uint64_t> functions_;
};

}  // namespace vole::profile
