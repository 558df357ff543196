// SPDX-License-Identifier: Apache-2.0
// Waiting between two looks.
#include "leak/pause.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "event/goroutine.h"

namespace vole::leak {
namespace {
constinit std::atomic<pause_function*> given{nullptr};
}  // namespace

void set_pause(pause_function* sleep) {
  given.store(sleep, std::memory_order_release);  // release: pairs with the acquire below
}

void pause(std::int64_t ns) {
  pause_function* const sleep = given.load(std::memory_order_acquire);  // acquire: see above
  if (sleep != nullptr && event::current() != nullptr)
    sleep(ns);
  else
    std::this_thread::sleep_for(std::chrono::nanoseconds(ns));
}

}  // namespace vole::leak
