// SPDX-License-Identifier: Apache-2.0
// From return addresses to the functions that a user knows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "leak/snapshot.h"
#include "symbol/symbolizer.h"

namespace vole::leak {

struct named_frame {
  const symbol::source_frame* source = nullptr;  // lives for ever
  std::uintptr_t offset = 0;  // of the return address in the function; 0 for inlined calls
};

// Does the user's `name` mean this function? With its parameter list or without it.
bool is_named(const symbol::source_frame& function, std::string_view name);

// Names addresses and stacks, each once. Not thread-safe: one for each look, whose stacks it is
// for.
class names {
 public:
  // The frames of a stack, innermost first, without vole's own on top of the user's first one and
  // without the machinery (vole's, std's, the thread's) below the user's last one. A stack without
  // a user's function is shown whole, and VOLE_TRACEBACK=system shows all of every stack.
  const std::vector<named_frame>& stack(const snapshot& seen, std::uint32_t index);
  // The user's function that contains a return address; one without a source for 0 and for
  // addresses that nobody knows.
  const named_frame& caller(std::uintptr_t return_pc);

 private:
  std::unordered_map<std::uint32_t, std::vector<named_frame>> stacks_;
  std::unordered_map<std::uintptr_t, named_frame> callers_;
};

// "registry_lock" or "registry_lock+0x8" for an address inside a global; "" for others.
std::string global_name(const void* address);

// "0x" and lower-case digits.
std::string hex(std::uintptr_t value);

}  // namespace vole::leak
