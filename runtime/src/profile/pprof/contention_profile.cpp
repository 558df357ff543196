// SPDX-License-Identifier: Apache-2.0
// The block profile (who waited, on the waiter's stack) and the mutex profile (who made others
// wait, on the unlocker's stack).
//
// While one of them is on, a listener takes the time and, for the block profile, the stack when a
// goroutine is about to park; whoever wakes it accounts for the wait. So a wait ends when it is
// answered, as in Go: the time in the run queue behind it is not contention. Rejected: taking the
// stack only of waits that turn out to be chosen, as Go does on the waiter's way out: no
// announcement is made there. It costs some 2 us more for each wait while the profile is on.
//
// Estimates are unbiased: what is kept with probability p counts 1 / p.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <mutex>

#include "base/clock.h"
#include "base/prng.h"
#include "base/spin_lock.h"
#include "event/listener.h"
#include "profile/labels.h"
#include "profile/pprof/registry.h"
#include "profile/visible_frames.h"
#include "symbol/unwind.h"

namespace vole::profile {
namespace {

struct contention {
  double count = 0;
  double delay_ns = 0;
};

// What one of the two profiles has seen since the process began.
class contention_table {
 public:
  void add(labelled_stack stack, double count, double delay_ns) {
    base::spin_guard guard(lock_);
    contention& place = stacks_[std::move(stack)];
    place.count += count;
    place.delay_ns += delay_ns;
  }
  std::size_t size() const {
    base::spin_guard guard(lock_);
    return stacks_.size();
  }
  std::map<labelled_stack, contention> copy() const {
    base::spin_guard guard(lock_);
    return stacks_;
  }

 private:
  // Not a mutex of the C library's: handlers hold it in the middle of the program's own waits.
  mutable base::spin_lock lock_{base::lock_rank::leaf};
  std::map<labelled_stack, contention> stacks_ VOLE_GUARDED_BY(lock_);
};

contention_table& block_table() {
  static auto* const table = new contention_table;
  return *table;
}
contention_table& mutex_table() {
  static auto* const table = new contention_table;
  return *table;
}

// 0: off. Relaxed everywhere: a rate, nothing is published by it.
constinit std::atomic<std::int64_t> block_rate_ns{0};
constinit std::atomic<int> mutex_fraction{0};
constinit std::atomic<std::uint64_t> random_seed{0x766f6c65};

std::uint64_t random_number() {
  // relaxed: distinct seeds are all that is needed
  return base::prng(random_seed.fetch_add(0x9e3779b97f4a7c15, std::memory_order_relaxed)).next();
}

bool is_mutex_wait(event::wait_reason reason) {
  return reason == event::wait_reason::mutex_lock || reason == event::wait_reason::rw_mutex_lock ||
         reason == event::wait_reason::rw_mutex_rlock;
}

void on_parked(event::goroutine* self, event::wait_reason reason, const void* /*object*/) {
  if (!event::is_blocked_on_goroutines(reason)) return;
  goroutine_data& data = make_data_of(*self);
  data.reason = reason;
  data.depth = 0;
  if (block_rate_ns.load(std::memory_order_relaxed) > 0)  // relaxed: above
    data.depth =
        symbol::unwind_here(data.pcs, kContendedFramesMax, 0, {self->stack_low, self->stack_high});
  data.parked_at_ns = base::monotonic_ns();
}

void account_block(goroutine_data& data, std::int64_t waited_ns) {
  const std::int64_t rate_ns = block_rate_ns.load(std::memory_order_relaxed);  // relaxed: above
  if (rate_ns <= 0 || data.depth == 0) return;
  double scale = 1;
  if (waited_ns < rate_ns) {
    if (static_cast<std::int64_t>(random_number() % static_cast<std::uint64_t>(rate_ns)) >=
        waited_ns)
      return;
    scale =
        static_cast<double>(rate_ns) / static_cast<double>(std::max<std::int64_t>(waited_ns, 1));
  }
  labelled_stack stack{{data.pcs, data.pcs + data.depth}, {}};
  // acquire: pairs with the release in label_scope
  if (const label_set* labels = data.labels.load(std::memory_order_acquire))
    stack.labels = labels->entries();
  block_table().add(std::move(stack), scale, scale * static_cast<double>(waited_ns));
}

void account_mutex(event::wait_reason reason, std::int64_t waited_ns) {
  const int fraction = mutex_fraction.load(std::memory_order_relaxed);  // relaxed: above
  if (fraction <= 0 || !is_mutex_wait(reason)) return;
  if (random_number() % static_cast<std::uint64_t>(fraction) != 0) return;
  std::uintptr_t pcs[kContendedFramesMax];
  symbol::stack_bounds bounds;
  labelled_stack stack;
  if (event::goroutine* const unlocker = event::current()) {
    bounds = {unlocker->stack_low, unlocker->stack_high};
    const label_reference labels = labels_of(*unlocker);
    if (labels.get() != nullptr) stack.labels = labels.get()->entries();
  }
  stack.pcs.assign(pcs, pcs + symbol::unwind_here(pcs, kContendedFramesMax, 0, bounds));
  mutex_table().add(std::move(stack), fraction, fraction * static_cast<double>(waited_ns));
}

void on_readied(event::goroutine* self) {
  goroutine_data* const data = data_of(*self);
  if (data == nullptr || data->parked_at_ns == 0) return;
  const std::int64_t waited_ns =
      std::max<std::int64_t>(base::monotonic_ns() - data->parked_at_ns, 0);
  data->parked_at_ns = 0;
  account_block(*data, waited_ns);
  account_mutex(data->reason, waited_ns);
}

constexpr event::listener contention_listener{.goroutine_parked = &on_parked,
                                              .goroutine_readied = &on_readied};

std::mutex rate_mutex;
bool is_listening = false;  // under rate_mutex

void listen_as_needed() {
  const bool is_needed = block_rate_ns.load(std::memory_order_relaxed) > 0 ||  // relaxed: above
                         mutex_fraction.load(std::memory_order_relaxed) > 0;   // relaxed: above
  if (is_needed == is_listening) return;
  is_listening = is_needed;
  if (is_needed) {
    symbol::prepare_unwind();  // handlers can't: the linker's lock may be held
    event::attach(contention_listener);
  } else {
    event::detach(contention_listener);
  }
}

class contention_profile final : public profile_state {
 public:
  contention_profile(std::string_view profile_name, contention_table& table, bool is_mutex)
      : profile_state(profile_name), table_(table), is_mutex_(is_mutex) {}

  std::size_t count() const override { return table_.size(); }

  collected_profile collect() const override {
    collected_profile result{.sample_types = {{"contentions", "count"}, {"delay", "nanoseconds"}},
                             .period_type = {"contentions", "count"},
                             .collected_at_ns = base::wall_ns()};
    for (const auto& [stack, seen] : table_.copy()) {
      const auto shown = visible_part(stack.pcs);
      auto& values = result.samples[{{shown.begin(), shown.end()}, stack.labels}];
      values.resize(2);
      values[0] += std::llround(seen.count);
      values[1] += std::llround(seen.delay_ns);
    }
    return result;
  }

  // One "cycle" is a nanosecond.
  std::string text(int /*debug*/) const override {
    std::string out = is_mutex_ ? "--- mutex:\n" : "--- contention:\n";
    out += "cycles/second=1000000000\n";
    if (is_mutex_)
      out += "sampling period=" + std::to_string(mutex_fraction.load(std::memory_order_relaxed)) +
             '\n';  // relaxed: above
    const collected_profile now = collect();
    std::vector<std::pair<std::int64_t, std::string>> paragraphs;
    paragraphs.reserve(now.samples.size());
    for (const auto& [stack, values] : now.samples)
      paragraphs.emplace_back(values[1],
                              std::to_string(values[1]) + ' ' + std::to_string(values[0]) + " @" +
                                  address_text(stack.pcs) + '\n' + stack_comment(stack.pcs));
    std::ranges::sort(paragraphs, std::greater<>());
    for (const auto& [delay, paragraph] : paragraphs) out += paragraph;
    return out;
  }

  std::string_view description() const override {
    return is_mutex_ ? "Stack traces of holders of contended mutexes"
                     : "Stack traces that led to blocking on synchronization primitives";
  }

 private:
  contention_table& table_;
  bool is_mutex_;
};

}  // namespace

std::unique_ptr<profile_state> make_block_profile() {
  return std::make_unique<contention_profile>("block", block_table(), false);
}
std::unique_ptr<profile_state> make_mutex_profile() {
  return std::make_unique<contention_profile>("mutex", mutex_table(), true);
}

}  // namespace vole::profile

namespace vole::pprof {

void set_block_profile_rate(std::int64_t ns) {
  using namespace ::vole::profile;
  const std::lock_guard hold(rate_mutex);
  block_rate_ns.store(std::max<std::int64_t>(ns, 0), std::memory_order_relaxed);  // relaxed: above
  listen_as_needed();
}

int set_mutex_profile_fraction(int n) {
  using namespace ::vole::profile;
  const std::lock_guard hold(rate_mutex);
  const int before = mutex_fraction.load(std::memory_order_relaxed);  // relaxed: above
  if (n >= 0) mutex_fraction.store(n, std::memory_order_relaxed);     // relaxed: above
  listen_as_needed();
  return before;
}

}  // namespace vole::pprof
