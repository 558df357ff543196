// SPDX-License-Identifier: Apache-2.0
// The current goroutine of each thread.
#include "event/goroutine.h"

namespace vole::event {
namespace {
// initial-exec: a signal handler must be able to read it without the dynamic linker allocating.
[[gnu::tls_model("initial-exec")]] thread_local goroutine* current_goroutine = nullptr;
}  // namespace

[[gnu::noinline]] goroutine* current() noexcept {
  goroutine* self = current_goroutine;
  asm volatile("" : "+r"(self)::"memory");  // not pure: a caller must ask again after a switch
  return self;
}

[[gnu::noinline]] void set_current(goroutine* self) noexcept {
  current_goroutine = self;
  asm volatile("" ::: "memory");
}

}  // namespace vole::event
