// SPDX-License-Identifier: Apache-2.0
// Small programs with a bug that some schedules show, each with its fixed twin.
#pragma once

#include <vector>

namespace vole_test {

struct bug {
  const char* name;
  const char* failure;  // how the failure's text begins
  void (*buggy)();
  void (*fixed)();
};

const std::vector<bug>& lock_bugs();     // lock_bugs.cpp
const std::vector<bug>& channel_bugs();  // channel_bugs.cpp

}  // namespace vole_test
