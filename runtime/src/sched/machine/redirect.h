// SPDX-License-Identifier: Apache-2.0
// Making the loaded modules call other functions than they were linked against.
#pragma once

#include <span>

namespace vole::sched {

struct redirection {
  const char* name;   // of a function that shared libraries define
  void* replacement;  // called instead, with the same parameters
};

// Rewrites the entries of all loaded modules' import tables. Not thread-safe against dlopen();
// calls that are under way end as they began.
void redirect_imports(std::span<const redirection> table);

}  // namespace vole::sched
