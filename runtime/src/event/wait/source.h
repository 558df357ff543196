// SPDX-License-Identifier: Apache-2.0
// What a wait is for beyond its object: who has the lock, until when, on which descriptor. The room
// that makes a goroutine wait leaves a note on the waiting stack; the census reads it.
#pragma once

#include <cstdint>

#include "event/goroutine.h"

namespace vole::event {

struct wait_detail {
  const goroutine* owner = nullptr;  // who has the lock; it may have ended with the lock locked:
                                     // look for it in the census before you read it
  std::int64_t deadline_ns = 0;      // the wait ends by itself, by its clock; 0: it does not
  int fd = -1;                       // the descriptor that it waits for
};

struct wait_source {
  // Called while the goroutine waits and is kept from going on, on another thread: no lock that a
  // waker holds, no heap.
  void (*describe)(const wait_source& self, wait_detail& detail) noexcept;
};

struct deadline_source : wait_source {
  explicit deadline_source(std::int64_t at_ns) noexcept
      : wait_source{[](const wait_source& self, wait_detail& detail) noexcept {
          detail.deadline_ns = static_cast<const deadline_source&>(self).deadline_ns;
        }},
        deadline_ns(at_ns) {}
  std::int64_t deadline_ns;
};

struct descriptor_source : wait_source {
  explicit descriptor_source(int descriptor) noexcept
      : wait_source{[](const wait_source& self, wait_detail& detail) noexcept {
          detail.fd = static_cast<const descriptor_source&>(self).fd;
        }},
        fd(descriptor) {}
  int fd;
};

// Around a park of `self`, the current goroutine. An outer note stays: it knows more.
class wait_scope {
 public:
  wait_scope(goroutine& self, const wait_source& source) noexcept
      : self_(self), before_(self.waits_on) {
    if (before_ == nullptr) self.waits_on = &source;
  }
  ~wait_scope() { self_.waits_on = before_; }
  wait_scope(const wait_scope&) = delete;
  wait_scope& operator=(const wait_scope&) = delete;

 private:
  goroutine& self_;
  const wait_source* before_;
};

}  // namespace vole::event
