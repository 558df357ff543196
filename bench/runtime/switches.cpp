// SPDX-License-Identifier: Apache-2.0
// From one goroutine to the next through the scheduler, with no channel between.
#include <array>
#include <atomic>

#include "sched/park.h"
#include "themes.h"

namespace bench {
namespace {

// Operation: one yield. Sixteen goroutines yield in turn.
void park_next(long n) {
  constexpr long kGoroutines = 16;
  vole::wait_group all;
  for (long g = 0; g < kGoroutines; ++g) {
    all.go([n] {
      for (long i = 0; i < n; i += kGoroutines) vole::yield();
    });
  }
  all.wait();
}

// One place in a ring of waiting goroutines, made of park and ready alone.
class baton {
 public:
  void wait() {
    vole::sched::park(
        vole::event::wait_reason::semacquire, this,
        [](vole::sched::goroutine* self, void* at) {
          auto& here = *static_cast<baton*>(at);
          here.waiter_ = self;
          int expected = kNobody;
          // acq_rel: publishes waiter_ to pass(); relaxed on failure: pass() leaves nothing to
          // read.
          if (here.state_.compare_exchange_strong(expected, kWaiting, std::memory_order_acq_rel,
                                                  std::memory_order_relaxed))
            return true;
          here.state_.store(kNobody, std::memory_order_relaxed);  // relaxed: one passes at a time
          return false;
        },
        this);
  }
  void pass() {
    // acq_rel: pairs with wait(); sees waiter_.
    if (state_.exchange(kPassed, std::memory_order_acq_rel) != kWaiting) return;
    state_.store(kNobody, std::memory_order_relaxed);  // relaxed: ready() publishes it
    vole::sched::ready(waiter_);
  }

 private:
  static constexpr int kNobody = 0, kWaiting = 1, kPassed = 2;
  std::atomic<int> state_ = kNobody;
  vole::sched::goroutine* waiter_ = nullptr;
};

// Operation: a goroutine readies the next one of a ring and parks.
void park_ready(long n) {
  constexpr std::size_t kPlaces = 16;
  const long laps = n / static_cast<long>(kPlaces) + 1;
  std::array<baton, kPlaces> ring;
  vole::wait_group all;
  for (std::size_t place = 0; place < kPlaces; ++place) {
    all.go([&ring, place, laps] {
      for (long lap = 0; lap < laps; ++lap) {
        ring[place].wait();
        if (place + 1 < kPlaces || lap + 1 < laps) ring[(place + 1) % kPlaces].pass();
      }
    });
  }
  ring[0].pass();
  all.wait();
}

}  // namespace

void switches(const suite& rows) {
  rows.row("park_next", park_next);
  rows.row("park_ready", park_ready);
}

}  // namespace bench
