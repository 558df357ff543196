// SPDX-License-Identifier: Apache-2.0
// A synctest bubble: goroutines that can be waited for as a whole, with a clock of their own.
//
// A member is *durably blocked* while it waits for something that only its own bubble can bring
// about: a channel made in the bubble, a sleep, a condition. A mutex, I/O, a system call or a
// channel from outside are no such thing, since somebody else may end the wait. When every member
// is durably blocked, the bubble's *keeper*, a goroutine of the runtime's that is no member,
// decides what comes next (synctest/keeper.cpp).
//
// How it is known that everybody is durably blocked
//   `busy` counts the members that are not, and the turns: whoever holds one may still do something
//   to the bubble (test() until its goroutine is parked, the keeper until it parks).
//   who blocks  1. announces bubble_left, parks; the commit makes it visible to wakers;
//               2. after the commit, on whatever stack that runs: busy -= 1. A park that its commit
//                  undoes never gets here;
//               3. whoever makes it 0 sets it to 1, the keeper's turn, and readies the keeper.
//   who wakes   busy += 1, then ready() changes the state. Between 1 and 2 the waiter is counted
//               twice for a moment; it is never counted too little.
//   who ends    is counted out and its record given back, then steps 2 and 3.
//   So 0 is seen by one, and then nobody is left that could change it: a member can be woken only
//   by members and by the bubble's timers, which the keeper fires. ready() refuses everybody else.
//   That also keeps the bubble's own for those at step 2: it ends after the keeper's last turn.
//
// A timer that is due as it is armed does not wait for everybody to block: who arms it *pokes* the
// keeper, which gets a turn beside the members'. `stage` says who must ready the keeper:
//   parked   whoever changes it: the one at step 3, or the first to poke, who does busy += 1 too
//   on_turn  nobody. A poke makes it poked
//   poked    nobody: before the keeper parks, it looks for timers that are due once more
//
// What is the bubble's by its making (a channel, a wait group, a timer) keeps the bubble's number,
// which is never used again. A bubble itself is: its memory is never given back, since a timer made
// in it may be disarmed by whoever drops the last handle, long after.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "event/goroutine.h"
#include "event/wait_reason.h"
#include "sched/goroutine/g.h"
#include "sched/park.h"
#include "sched/timer/shard.h"

namespace vole::sched {

// Midnight UTC, 2000-01-01, in nanoseconds since 1970: where the clock of each bubble starts.
inline constexpr std::int64_t kBubbleEpochNs = 946'684'800'000'000'000;

// Numbers are packed into 31 bits (sync/wait_group.cpp).
inline constexpr std::uint32_t kBubblesMax = 0x7fff'ffff;

enum class keeper_stage : std::uint8_t { parked, on_turn, poked };

class simulation;

struct bubble {
  explicit bubble(std::uint64_t seed) : clock(seed, *this) {}

  std::uint32_t id = 0;                   // from 1
  std::atomic<std::uint32_t> busy{0};     // see above
  std::atomic<std::uint32_t> members{0};  // that have not ended
  std::atomic<keeper_stage> stage{keeper_stage::on_turn};
  std::atomic<bool> is_waiting{false};  // a member is in wait()
  std::atomic<bool> is_over{false};     // the members that are left never run again
  // Protected by `busy`: written by members and test() while they are counted, read by the keeper
  // while nobody else is.
  g* keeper = nullptr;
  g* waiter = nullptr;  // the member in wait(), parked

  virtual_clock clock;
  fire_gate gate;
  timer_shard timers{gate, &clock};
  bubble* next_free = nullptr;
  simulation* simulated = nullptr;  // who decides in here, in place of the above; see sim/
};

// The bubble that the caller runs for: that of its goroutine, or, within fire() of a timer, the
// one whose timer it is. Null: none.
bubble* current_bubble() noexcept;
bubble* bubble_of_thread() noexcept;  // the latter part
// That of `self`, the caller's own goroutine or null.
inline bubble* bubble_of(event::goroutine* self) noexcept {
  return self == nullptr ? bubble_of_thread() : as_g(self).in_bubble;
}

// A fresh one, with a turn for the caller and one for the keeper.
bubble& make_bubble();
// Nobody is in it any more: disarms its timers, and keeps it for the next one.
void end_bubble(bubble& who);
// Members are left that can never go on, and somebody has been told: nobody counts them, shows them
// or looks for them any more. The bubble is theirs for ever.
void give_up_members(bubble& who);

// Gives a turn, or a member's being awake, back (steps 2 and 3).
void leave_bubble(bubble& who);

// For the keeper. Waits for its next turn; the first one begins with its life. Returns at once when
// nobody else has anything to do.
void park_keeper(bubble& who);
// True when it is the only one who has a turn: everybody is durably blocked.
bool is_alone(const bubble& who) noexcept;
// Fires what is due. True: something was.
bool fire_due_timers(bubble& who);
// Moves the clock to the next timer. False: there is none.
bool advance_clock(bubble& who) noexcept;

// For park(), of a member: what it has to do instead of the commit, while it lies on the stack of
// the one who parks. False: nothing else, since the wait is not a durable one.
struct durable_park {
  bubble* in;
  park_commit* commit;
  void* argument;
};
bool begin_park(g& self, event::wait_reason& reason, durable_park& wrapped);
park_commit commit_durable_park;

// For ready(), of a member that waits. False: it is never to run again.
bool begin_ready(g& who);

// While it lives, the calling goroutine, the keeper, is nobody: what is readied, spawned and fired
// comes from the bubble itself, and has no past. It must not park meanwhile.
class nameless_scope {
 public:
  explicit nameless_scope(bubble& in);
  ~nameless_scope();
  nameless_scope(const nameless_scope&) = delete;
  nameless_scope& operator=(const nameless_scope&) = delete;

 private:
  event::goroutine& self_;
};

// For spawn(): `made` joins, awake.
void join_bubble(g& made, bubble& into) noexcept;
// For the end of `done`, a member: before its last announcement, and after its record is given back
// to the pool.
void announce_end(g& done);
void leave_bubble_for_good(bubble& who);

// For arm(), of an entry that goes by the clock of a bubble.
void arm_in_bubble(timer_entry& entry);

}  // namespace vole::sched
