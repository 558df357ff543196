// SPDX-License-Identifier: Apache-2.0
// A listener that writes down what is announced of some objects, in the words "name detail": what
// the race detector would hear.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "event/emit.h"
#include "event/listener.h"
#include "tests/support/blocked.h"

namespace vole_test {

// Records between its construction, which waits until no other goroutine is left, and its
// destruction. One at a time. Goroutines are called by the names that they were given, others "?".
class recorder {
 public:
  recorder() {
    until_alone();
    clear();
    const std::lock_guard hold(lock());
    names().clear();
    vole::event::attach(kListener);
  }
  ~recorder() { vole::event::detach(kListener); }
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  static void clear() {
    const std::lock_guard hold(lock());
    lines().clear();
  }
  // Everything recorded so far.
  static std::vector<std::string> taken() {
    const std::lock_guard hold(lock());
    return lines();
  }
  // Calls the goroutine `who` by `name` from now on.
  static void name(const vole::event::goroutine* who, std::string as) {
    const std::lock_guard hold(lock());
    names().emplace_back(who, std::move(as));
  }
  static void name_self(std::string as) { name(vole::event::current(), std::move(as)); }

 private:
  using goroutine = vole::event::goroutine;

  static std::mutex& lock() {
    static std::mutex one;
    return one;
  }
  static std::vector<std::string>& lines() {
    static std::vector<std::string> all;
    return all;
  }
  static std::vector<std::pair<const goroutine*, std::string>>& names() {
    static std::vector<std::pair<const goroutine*, std::string>> all;
    return all;
  }
  // The latest name: records of goroutines are used again.
  static std::string name_of(const goroutine* who) {
    for (std::size_t i = names().size(); i-- > 0;)
      if (names()[i].first == who) return names()[i].second;
    return "?";
  }
  static void add(const goroutine* who, const std::string& what) {
    const std::lock_guard hold(lock());
    lines().push_back(name_of(who) + " " + what);
  }
  static void add(const goroutine* who, const std::string& what, const goroutine* other) {
    const std::lock_guard hold(lock());
    lines().push_back(name_of(who) + " " + what + " " + name_of(other));
  }

  static constexpr vole::event::listener kListener = {
      .chan_sent = [](goroutine* self, const void*,
                      std::size_t slot) { add(self, "sent " + std::to_string(slot)); },
      .chan_received = [](goroutine* self, const void*,
                          std::size_t slot) { add(self, "received " + std::to_string(slot)); },
      .chan_exchanged = [](goroutine* sender, goroutine* receiver,
                           const void*) { add(sender, "exchanged", receiver); },
      .chan_closed = [](goroutine* self, const void*) { add(self, "closed"); },
      .chan_received_closed = [](goroutine* self, const void*) { add(self, "saw close"); },
      .chan_touched =
          [](const void*, bool is_write) {
            add(vole::event::current(), is_write ? "touched to close" : "touched to send");
          },
      .chan_destroyed =
          [](const void*, std::size_t slots) {
            add(vole::event::current(), "destroyed " + std::to_string(slots));
          },
      .lock_acquired =
          [](const void*, vole::event::lock_mode mode) {
            add(vole::event::current(),
                mode == vole::event::lock_mode::shared ? "acquired shared" : "acquired");
          },
      .lock_released =
          [](const void*, vole::event::lock_mode mode) {
            add(vole::event::current(),
                mode == vole::event::lock_mode::shared ? "released shared" : "released");
          },
      .cond_notified = [](const void*,
                          goroutine* waiter) { add(vole::event::current(), "notified", waiter); },
      .group_done = [](const void*) { add(vole::event::current(), "done"); },
      .group_waited = [](const void*) { add(vole::event::current(), "waited"); },
      .once_done = [](const void*) { add(vole::event::current(), "once done"); },
      .once_observed = [](const void*) { add(vole::event::current(), "once observed"); },
      .semaphore_released = [](const void*) { add(vole::event::current(), "gave back"); },
      .semaphore_acquired = [](const void*) { add(vole::event::current(), "took"); },
      .timer_armed = [](const void*) { add(vole::event::current(), "armed"); },
      .timer_fired = [](const void*, goroutine* self) { add(self, "got the firing"); },
      .item_put = [](const void*) { add(vole::event::current(), "put"); },
      .item_got = [](const void*) { add(vole::event::current(), "got"); },
      .key_written = [](const void*) { add(vole::event::current(), "wrote key"); },
      .key_read = [](const void*) { add(vole::event::current(), "read key"); },
      .io_written =
          [](const void*, std::size_t bytes) {
            add(vole::event::current(), "wrote " + std::to_string(bytes) + " bytes");
          },
      .io_read =
          [](void*, std::size_t bytes) {
            add(vole::event::current(), "read " + std::to_string(bytes) + " bytes");
          },
  };
};

}  // namespace vole_test
