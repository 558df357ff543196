// SPDX-License-Identifier: Apache-2.0
// What a profile holds at one moment, and its ways out: profile.proto and Go's debug=1 texts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "profile/cpu/cpu_sampler.h"
#include "profile/pprof/build_profile.h"

namespace vole::profile {

struct collected_profile {
  std::vector<type_and_unit> sample_types;
  type_and_unit period_type = {};
  std::int64_t period = 1;
  std::string_view default_sample_type = {};                         // empty: the last one
  std::int64_t collected_at_ns = 0;                                  // wall clock
  std::int64_t duration_ns = 0;                                      // 0: a moment, not a span
  std::map<labelled_stack, std::vector<std::int64_t>> samples = {};  // stacks without hidden frames
};

// The gzipped file.
std::string encode(const collected_profile& collected);

// after - before, for `?seconds=`: samples whose values are all 0 are left out.
collected_profile difference(const collected_profile& before, collected_profile after);

// Go's debug=1 text of a profile that counts stacks: "NAME profile: total N" and a paragraph for
// each stack with labels, the most frequent first.
std::string count_text(std::string_view name, const collected_profile& collected);

// " 0x1 0x2": the addresses as Go writes them after "@".
std::string address_text(const std::vector<std::uintptr_t>& pcs);
// The `#` lines that name a stack's functions, and an empty line.
std::string stack_comment(const std::vector<std::uintptr_t>& pcs);

}  // namespace vole::profile
