// SPDX-License-Identifier: Apache-2.0
// Reads a stack that may end anywhere, without ever faulting. Async-signal-safe.
#pragma once

#include <cstddef>
#include <cstdint>

#include "symbol/unwind.h"

namespace vole::symbol {

// Words of one stack: inside of known bounds a plain load; elsewhere each page is first asked of
// the kernel, and remembered as long as the reads stay close together.
class stack_memory {
 public:
  explicit stack_memory(stack_bounds bounds) : bounds_(bounds) {}

  // False: misaligned or not readable.
  bool read(std::uintptr_t address, std::uintptr_t& value) noexcept;
  const stack_bounds& bounds() const { return bounds_; }

 private:
  stack_bounds bounds_;
  std::uintptr_t readable_low_ = 0, readable_high_ = 0;  // pages that the kernel has vouched for
};

}  // namespace vole::symbol
