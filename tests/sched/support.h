// SPDX-License-Identifier: Apache-2.0
// What these tests share: a semaphore made of park and ready alone, and waiting for a condition.
#pragma once

#include <gtest/gtest.h>
#include <vole/go.h>

#include <deque>

#include "base/spin_lock.h"
#include "sched/park.h"

namespace sched_test {

// True under AddressSanitizer, whose quarantine and shadow frames take memory that is not ours.
constexpr bool is_sanitized() {
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  return true;
#endif
#endif
  return false;
}

// First in, first out; the plainest user of the parking protocol.
class semaphore {
 public:
  explicit semaphore(int count = 0) : count_(count) {}

  void acquire() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    auto* const self = vole::sched::current();
    lock_.lock();
    if (count_ > 0) {
      --count_;
      lock_.unlock();
      return;
    }
    waiters_.push_back(self);
    vole::sched::park_and_unlock(vole::event::wait_reason::semacquire, this, lock_);
  }
  void release() VOLE_NO_THREAD_SAFETY_ANALYSIS {
    lock_.lock();
    if (waiters_.empty()) {
      ++count_;
      lock_.unlock();
      return;
    }
    auto* const first = waiters_.front();
    waiters_.pop_front();
    lock_.unlock();
    vole::sched::ready(first);
  }
  void acquire_all(int count) {
    for (int i = 0; i < count; ++i) acquire();
  }

 private:
  vole::base::spin_lock lock_{vole::base::lock_rank::sync};
  int count_;
  std::deque<vole::event::goroutine*> waiters_;
};

// Returns as soon as done() holds, letting goroutines run meanwhile.
template <class Done>
void until(Done done) {
  while (!done()) vole::yield();
}

// Each test begins and ends with main as the only goroutine.
class alone : public ::testing::Test {
 protected:
  void TearDown() override {
    until([] { return vole::num_goroutine() == 1; });
  }
};

}  // namespace sched_test
