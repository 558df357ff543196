// SPDX-License-Identifier: Apache-2.0
// The three prices of an assertion.
//   VOLE_CHECK(c, text)   always on: misuse and corruption end the process with a constant text.
//   VOLE_ASSERT(c)        on where VOLE_ASSERTS is 1 (the dev and asan presets): cheap local facts.
//   VOLE_AUDIT(c)         on where VOLE_AUDITS is 1: walks a whole structure.
#pragma once

#ifndef VOLE_ASSERTS
#define VOLE_ASSERTS 0
#endif
#ifndef VOLE_AUDITS
#define VOLE_AUDITS 0
#endif

namespace vole::base {

// Writes `vole: check failed: TEXT (FILE:LINE)` to stderr and aborts. Allocates nothing;
// async-signal-safe.
[[noreturn]] void check_failed(const char* text, const char* file, int line) noexcept;

}  // namespace vole::base

#define VOLE_CHECK(condition, text)                                                         \
  (__builtin_expect(!(condition), 0) ? ::vole::base::check_failed(text, __FILE__, __LINE__) \
                                     : static_cast<void>(0))
#define VOLE_ASSERT(condition) \
  ((VOLE_ASSERTS != 0) ? VOLE_CHECK(condition, #condition) : static_cast<void>(0))
#define VOLE_AUDIT(condition) \
  ((VOLE_AUDITS != 0) ? VOLE_CHECK(condition, #condition) : static_cast<void>(0))
