// SPDX-License-Identifier: Apache-2.0
// A large stack to call libraries on that take no heed of the caller's: libdw puts 150 KiB on it to
// read one line table, more than a goroutine has.
#pragma once

#include <cstddef>
#include <type_traits>

namespace vole::base {

class roomy_stack {
 public:
  roomy_stack() = default;
  roomy_stack(const roomy_stack&) = delete;
  roomy_stack& operator=(const roomy_stack&) = delete;

  // Calls f() on this stack; on the caller's when there is no memory for one, or under
  // AddressSanitizer, which would not know it. One caller at a time. `f` must not throw, park or
  // leave in any other way than by returning.
  template <class F>
  void run(F&& f) noexcept {
    call([](void* argument) { (*static_cast<std::remove_reference_t<F>*>(argument))(); }, &f);
  }

 private:
  static constexpr std::size_t kBytes = std::size_t{1} << 20;  // committed as it is used
  static constexpr std::size_t kGuardBytes = std::size_t{64} << 10;

  void call(void (*function)(void*), void* argument) noexcept;

  char* low_ = nullptr;  // mapped at the first use, for the life of the process
};

}  // namespace vole::base
