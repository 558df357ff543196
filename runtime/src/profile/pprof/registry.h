// SPDX-License-Identifier: Apache-2.0
// The named profiles behind pprof::lookup: what each kind can do, and the list of all.
#pragma once

#include <vole/pprof.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "profile/pprof/collected_profile.h"

namespace vole::pprof::detail {

// One profile. Functions may be called from any thread at any time.
struct profile_state {
  explicit profile_state(std::string_view profile_name) : name(profile_name) {}
  virtual ~profile_state() = default;
  virtual std::size_t count() const = 0;
  virtual ::vole::profile::collected_profile collect() const = 0;
  // debug is 1 or more. Where there is no other text: that of a profile that counts stacks.
  virtual std::string text(int debug) const;
  // False: the profile is the library's own.
  virtual bool add(const void* key, int skip);
  virtual bool remove(const void* key);
  // What the page /debug/pprof/ says about it.
  virtual std::string_view description() const { return ""; }

  const std::string name;
};

}  // namespace vole::pprof::detail

namespace vole::profile {

using pprof::detail::profile_state;

// The library's own kinds.
std::unique_ptr<profile_state> make_goroutine_profile();
std::unique_ptr<profile_state> make_goroutineleak_profile();
std::unique_ptr<profile_state> make_threadcreate_profile();
std::unique_ptr<profile_state> make_block_profile();
std::unique_ptr<profile_state> make_mutex_profile();
std::unique_ptr<profile_state> make_heap_profile();
std::unique_ptr<profile_state> make_allocs_profile();
// One of the program's.
std::unique_ptr<profile_state> make_custom_profile(std::string_view name);

// All by name.
std::vector<pprof::profile*> all_profiles();

}  // namespace vole::profile
