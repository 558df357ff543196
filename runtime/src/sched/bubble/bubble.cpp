// SPDX-License-Identifier: Apache-2.0
// Who is in a bubble, and who of them is awake.
#include "sched/bubble/bubble.h"

#include "base/check.h"
#include "base/spin_lock.h"
#include "event/emit.h"
#include "sched/driver.h"
#include "sched/goroutine/g_state.h"
#include "sched/goroutine/registry.h"
#include "sched/sim/simulation.h"

namespace vole::sched {
namespace {

struct bubble_pool {
  base::spin_lock lock{base::lock_rank::leaf};
  std::uint32_t last_id VOLE_GUARDED_BY(lock) = 0;
  bubble* free VOLE_GUARDED_BY(lock) = nullptr;
};
constinit bubble_pool pool;

// Gives a turn back; false when it was the last one, which then is still the caller's.
bool give_back_turn(bubble& who) noexcept {
  // acq_rel: whoever makes it 0 sees what all the others did before they left
  if (who.busy.fetch_sub(1, std::memory_order_acq_rel) != 1) return true;
  who.busy.store(1, std::memory_order_relaxed);  // relaxed: nobody else is there to see it
  return false;
}

// The keeper's commit.
bool commit_keeper(goroutine*, void* argument) {
  bubble& mine = *static_cast<bubble*>(argument);
  keeper_stage seen = keeper_stage::on_turn;
  // acq_rel: whoever pokes now readies us; who has poked already has armed a timer before
  if (!mine.stage.compare_exchange_strong(seen, keeper_stage::parked, std::memory_order_acq_rel)) {
    mine.stage.store(keeper_stage::on_turn, std::memory_order_relaxed);  // relaxed: ours again
    return false;
  }
  if (give_back_turn(mine)) return true;
  mine.stage.store(keeper_stage::on_turn, std::memory_order_relaxed);  // relaxed: nobody else is up
  return false;
}

}  // namespace

bubble& make_bubble() {
  bubble* made = nullptr;
  std::uint32_t id = 0;
  {
    const base::spin_guard guard(pool.lock);
    made = pool.free;
    if (made != nullptr) pool.free = made->next_free;
    id = ++pool.last_id;
  }
  VOLE_CHECK(id <= kBubblesMax, "more synctest bubbles than 2^31");
  if (made == nullptr) made = new bubble(random_seed());
  made->id = id;
  event::close_quick_paths();  // wait_group::add() must look at its caller's bubble from now on
  // relaxed: nobody else knows it yet
  made->busy.store(2, std::memory_order_relaxed);
  made->stage.store(keeper_stage::on_turn, std::memory_order_relaxed);
  made->clock.now_ns.store(kBubbleEpochNs, std::memory_order_relaxed);
  return *made;
}

void leave_bubble(bubble& who) {
  if (give_back_turn(who)) return;
  who.stage.store(keeper_stage::on_turn, std::memory_order_relaxed);  // relaxed: nobody else is up
  ready(who.keeper);
}

void park_keeper(bubble& who) {
  park(event::wait_reason::synctest_run, &who, &commit_keeper, &who);
}

bool is_alone(const bubble& who) noexcept {
  // acquire: sees what the others did before they left
  return who.busy.load(std::memory_order_acquire) == 1;
}

bool begin_park(g& self, event::wait_reason& reason, durable_park& wrapped) {
  const auto bits = static_cast<std::uint8_t>(reason);
  reason = static_cast<event::wait_reason>(bits & ~event::kInBubbleBit);
  if (self.in_bubble->simulated != nullptr) {
    self.is_durable = true;
    if (!self.in_bubble->simulated->begin_park(self, reason)) {
      event::emit::bubble_left(&self, self.in_bubble);  // the run may end without it
      return false;
    }
  } else {
    self.is_durable = (bits & event::kInBubbleBit) != 0 || event::is_always_durable(reason);
    if (!self.is_durable) return false;
  }
  wrapped.in = self.in_bubble;
  event::emit::bubble_left(&self, self.in_bubble);
  return true;
}

bool commit_durable_park(goroutine* self, void* argument) {
  // A copy: after the commit `self` may go on, and its stack with it.
  const durable_park mine = *static_cast<durable_park*>(argument);
  if (mine.commit != nullptr && !mine.commit(self, mine.argument)) return false;
  if (mine.in->simulated != nullptr)
    mine.in->simulated->end_park(as_g(self));
  else
    leave_bubble(*mine.in);
  return true;
}

bool begin_ready(g& who) {
  if (!who.is_durable) return true;
  bubble& in = *who.in_bubble;
  if (in.simulated != nullptr && !in.is_over.load(std::memory_order_acquire))  // acquire: as below
    return in.simulated->begin_ready(who);
  if (in.is_over.load(std::memory_order_acquire)) return false;  // acquire: the verdict was made
  if (current_bubble() != &in) fatal("semaphore wake of synctest goroutine from outside bubble");
  in.busy.fetch_add(1, std::memory_order_relaxed);  // relaxed: the caller is counted itself
  return true;
}

void join_bubble(g& made, bubble& into) noexcept {
  made.in_bubble = &into;
  made.bubble_id = into.id;
  if (into.simulated != nullptr) return into.simulated->join(made);
  into.members.fetch_add(1, std::memory_order_relaxed);  // relaxed: the caller is counted in busy
  into.busy.fetch_add(1, std::memory_order_relaxed);     // relaxed: likewise
}

void announce_end(g& done) { event::emit::bubble_left(&done, done.in_bubble); }

void leave_bubble_for_good(bubble& who) {
  if (who.simulated != nullptr) return who.simulated->end_member();
  who.members.fetch_sub(1, std::memory_order_relaxed);  // relaxed: published by the turn's end
  leave_bubble(who);
}

void end_bubble(bubble& who) {
  event::emit::object_destroyed(&who, sizeof who);
  for (timer_entry* const entry : who.timers.clear()) {
    entry->end = timer_entry::end_of_time::told;
    entry->fire(*entry);
  }
  const base::spin_guard guard(pool.lock);
  who.next_free = pool.free;
  pool.free = &who;
}

void give_up_members(bubble& who) {
  who.is_over.store(true, std::memory_order_release);  // release: pairs with begin_ready()
  std::size_t given_up = 0;
  const census_scope scope;
  for (const g_reference& one : living_goroutines()) {
    g_state state = g_state::dead;
    if (!freeze_state(*one.record, one.id, state)) continue;
    if (one.record->in_bubble == &who && !one.record->is_system) {
      one.record->is_system = true;
      ++given_up;
    }
    thaw_state(*one.record);
  }
  count_out(given_up);
}

}  // namespace vole::sched
