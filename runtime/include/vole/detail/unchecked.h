// SPDX-License-Identifier: Apache-2.0
// A scope whose memory accesses the race detector does not look at: vole's own moves of elements,
// which the announcements order already. Empty outside of race mode. User functions never run in
// it.
#pragma once

#if defined(VOLE_RACE)
extern "C" void __vole_ignore_begin(void);
extern "C" void __vole_ignore_end(void);
#endif

namespace vole::detail {

// Nests. The goroutine must not wait inside.
class unchecked {
 public:
#if defined(VOLE_RACE)
  unchecked() { __vole_ignore_begin(); }
  ~unchecked() { __vole_ignore_end(); }
#else
  unchecked() {}
  ~unchecked() {}
#endif
  unchecked(const unchecked&) = delete;
  unchecked& operator=(const unchecked&) = delete;
};

}  // namespace vole::detail
