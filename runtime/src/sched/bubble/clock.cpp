// SPDX-License-Identifier: Apache-2.0
// A bubble's clock: who goes by it, arming its timers, firing them.
#include "base/clock.h"
#include "event/emit.h"
#include "sched/bubble/bubble.h"

namespace vole::sched {
namespace {

// What the thread does on behalf of a bubble without running one of its members. It neither parks
// nor switches meanwhile.
[[gnu::tls_model("initial-exec")]] constinit thread_local bubble* acting_for = nullptr;

bubble& bubble_of(const timer_entry& entry) noexcept { return entry.shard->clock()->of; }

// Has the keeper look for timers that are due. The caller is counted in `busy`.
void poke_keeper(bubble& who) {
  keeper_stage seen = who.stage.load(std::memory_order_relaxed);  // relaxed: the exchange decides
  for (;;) {
    if (seen == keeper_stage::poked) return;
    const keeper_stage wanted =
        seen == keeper_stage::parked ? keeper_stage::on_turn : keeper_stage::poked;
    // acq_rel: pairs with commit_keeper(), which sees our timer, or has parked before
    if (who.stage.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel)) break;
  }
  if (seen != keeper_stage::parked) return;
  who.busy.fetch_add(1, std::memory_order_relaxed);  // relaxed: the caller is counted itself
  ready(who.keeper);
}

}  // namespace

[[gnu::noinline]] bubble* bubble_of_thread() noexcept { return acting_for; }

bubble* current_bubble() noexcept { return bubble_of(event::current()); }

nameless_scope::nameless_scope(bubble& in) : self_(*event::current()) {
  event::emit::goroutine_paused(&self_);
  event::set_current(nullptr);
  acting_for = &in;
}

nameless_scope::~nameless_scope() {
  acting_for = nullptr;
  event::set_current(&self_);
  event::emit::goroutine_resumed(&self_);
}

void bind_to_clock(timer_entry& entry) noexcept {
  bubble* const here = current_bubble();
  if (here != nullptr) [[unlikely]]
    entry.shard = &here->timers;
}

std::int64_t now_ns_of(const timer_entry& entry) noexcept {
  const virtual_clock* const clock = entry.shard == nullptr ? nullptr : entry.shard->clock();
  if (clock == nullptr) [[likely]]
    return base::monotonic_ns();
  return clock->now_ns.load(std::memory_order_relaxed);  // relaxed: stands still meanwhile
}

void arm_in_bubble(timer_entry& entry) {
  bubble& in = bubble_of(entry);
  const bool is_due =  // relaxed: stands still while anybody can arm timers
      entry.deadline_ns <= in.clock.now_ns.load(std::memory_order_relaxed);
  in.timers.arm(entry);
  if (is_due && in.simulated == nullptr) poke_keeper(in);
}

bool fire_due_timers(bubble& who) {
  const std::int64_t now = who.clock.now_ns.load(std::memory_order_relaxed);  // relaxed: our own
  if (who.timers.least_ns() > now) return false;
  const nameless_scope as_bubble(who);
  return who.timers.fire_due(now, now);
}

bool advance_clock(bubble& who) noexcept {
  const std::int64_t next = who.timers.least_ns();
  if (next == kNever) return false;
  who.clock.now_ns.store(next, std::memory_order_relaxed);  // relaxed: published by ready()
  return true;
}

}  // namespace vole::sched
