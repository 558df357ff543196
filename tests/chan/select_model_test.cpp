// SPDX-License-Identifier: Apache-2.0
// Goal: in the protocol of select_core.cpp and wait_queue.h nobody waits who could meet somebody,
// every claimed select is woken once, and none goes on while a peer or its own commit still needs
// what lies on its stack. Method: selects, plain operations and closes on two unbuffered channels
// as a machine, explored through every interleaving of their locks, claims and looks without a
// lock. Mutants must be caught.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/explore_model.h"

namespace {

enum class mutant {
  none,
  no_claim,                 // two peers wake one select
  take_out_before_claim,    // a select that leaves without the lock is claimed after it has left
  locks_in_order_of_cases,  // two selects lock each other out
  unlock_before_enqueue,    // a peer comes between
  others_are_left_queued,   // a peer finds a select that has left
  close_forgets_senders,
};
constexpr std::array kMutants = {mutant::no_claim,
                                 mutant::take_out_before_claim,
                                 mutant::locks_in_order_of_cases,
                                 mutant::unlock_before_enqueue,
                                 mutant::others_are_left_queued,
                                 mutant::close_forgets_senders};

using byte = std::uint8_t;
constexpr byte kNone = 0xff;
constexpr std::size_t kParties = 3, kChannels = 2, kCases = 2;

enum side : byte { receive, send };
struct one_case {
  byte channel = 0;
  side what = receive;
};
struct operation {
  std::array<one_case, kCases> cases{};
  byte count = 0;  // 0: closes channel cases[0].channel
};
using program = std::vector<operation>;
using scenario = std::array<program, kParties>;

operation on(one_case a) { return {{a, {}}, 1}; }
operation on(one_case a, one_case b) { return {{a, b}, 2}; }
operation close_of(byte channel) { return {{one_case{channel, receive}, {}}, 0}; }

enum pc : byte {
  begin,
  lock,
  look,
  enqueue_late,  // mutant
  claim,
  take_out,
  unlock,
  wake,
  parked,
  leave,
  leave_lock,
  leave_remove,
  finished,
};

// Waiters are numbered: party * kCases + case.
struct machine {
  struct channel {
    byte holder = kNone, is_closed = 0;
    std::array<std::array<byte, kParties * kCases>, 2> queue{};  // by side, first first
    std::array<byte, 2> length{};
  };
  struct party {
    byte at = begin, line = 0;
    byte locked = 0;                      // how many locks are taken, or dropped again
    byte commit = kNone;                  // the commit's next lock to drop
    byte is_claimed = 0, chosen = kNone;  // the select_state
    byte queued = 0;                      // by case, a bit
    byte is_ready = 0, is_successful = 0;
    byte pick = 0;                     // the case that is being performed
    byte taking = kNone, is_ours = 0;  // the waiter that is being taken
    byte left = 0;                     // the next case to leave
    byte woken_count = 0;
    std::array<byte, 4> woken{};
    byte sent = 0, received = 0;
  };
  std::array<channel, kChannels> channels{};
  std::array<party, kParties> parties{};
  byte has_fault = 0;
};

enum : byte { kReadiedTwice = 1, kTouchedAfterLeaving, kCommitAfterLeaving, kLeftQueued };

class select_protocol {
 public:
  using state = machine;

  select_protocol(const scenario& what, mutant without) : what_(what), without_(without) {}

  std::string key(const state& s) const { return vole_test::bytes_of(s); }

  std::string fault(const state& s, bool is_stuck) const {
    switch (s.has_fault) {
      case kReadiedTwice:
        return "woken twice";
      case kTouchedAfterLeaving:
        return "a peer touches a select that has left";
      case kCommitAfterLeaving:
        return "a select left before its commit was through";
      case kLeftQueued:
        return "a select left a waiter in a queue";
      default:
        return is_stuck ? fault_at_end(s) : "";
    }
  }

  std::vector<state> steps(const state& now) const {
    std::vector<state> all;
    for (byte who = 0; who < kParties; ++who) {
      step_goroutine(now, who, all);
      step_commit(now, who, all);
    }
    return all;
  }

 private:
  const operation& op(const state& s, byte who) const { return what_[who][s.parties[who].line]; }
  bool is_close(const state& s, byte who) const { return op(s, who).count == 0; }

  std::string fault_at_end(const state& s) const {
    int sent = 0, received = 0;
    for (const auto& channel : s.channels)
      if (channel.holder != kNone) return "a lock is held for ever";
    for (byte a = 0; a < kParties; ++a) {
      sent += s.parties[a].sent, received += s.parties[a].received;
      if (s.parties[a].at == finished) continue;
      if (s.parties[a].at != parked) return "stuck outside of a park";
      for (byte i = 0; i < op(s, a).count; ++i) {
        const one_case mine = op(s, a).cases[i];
        if (s.channels[mine.channel].is_closed != 0) return "waits on a closed channel";
        for (byte b = 0; b < kParties; ++b) {
          if (b == a || s.parties[b].at != parked) continue;
          for (byte k = 0; k < op(s, b).count; ++k) {
            const one_case other = op(s, b).cases[k];
            if (other.channel == mine.channel && other.what != mine.what)
              return "two wait that could meet";
          }
        }
      }
    }
    return sent == received ? "" : "a value was lost or came twice";
  }

  // The n-th channel that an operation locks, or kNone.
  byte lock_of(const operation& one, byte n) const {
    const byte a = one.cases[0].channel;
    if (one.count < 2 || one.cases[1].channel == a) return n == 0 ? a : kNone;
    const byte b = one.cases[1].channel;
    const bool is_swapped = b < a && without_ != mutant::locks_in_order_of_cases;
    if (n > 1) return kNone;
    return (n == 0) != is_swapped ? a : b;
  }

  static void push(state& s, const one_case& where, byte waiter) {
    auto& channel = s.channels[where.channel];
    channel.queue[where.what][channel.length[where.what]++] = waiter;
    s.parties[waiter / kCases].queued |= static_cast<byte>(1u << waiter % kCases);
  }

  static void remove(state& s, const one_case& where, byte waiter) {
    auto& channel = s.channels[where.channel];
    auto& queue = channel.queue[where.what];
    byte kept = 0;
    for (byte i = 0; i < channel.length[where.what]; ++i)
      if (queue[i] != waiter) queue[kept++] = queue[i];
    for (byte i = kept; i < channel.length[where.what]; ++i) queue[i] = 0;
    channel.length[where.what] = kept;
    s.parties[waiter / kCases].queued &= static_cast<byte>(~(1u << waiter % kCases));
  }

  static bool is_on_stack(const state& s, byte waiter) {
    const byte at = s.parties[waiter / kCases].at;
    return at == parked || at == leave || at == leave_lock || at == leave_remove;
  }

  // Where a party that takes waiters finds the next one: a case's peers; for a close, all.
  one_case source(const state& s, byte who) const {
    const machine::party& me = s.parties[who];
    if (!is_close(s, who)) {
      const one_case mine = op(s, who).cases[me.pick];
      return {mine.channel, mine.what == send ? receive : send};
    }
    const byte channel = op(s, who).cases[0].channel;
    return {channel, s.channels[channel].length[receive] > 0 ? receive : send};
  }

  void step_goroutine(const state& now, byte who, std::vector<state>& all) const {
    state s = now;
    machine::party& me = s.parties[who];
    switch (me.at) {
      case begin:
        me.at = me.line == what_[who].size() ? finished : lock;
        break;
      case lock: {
        auto& channel = s.channels[lock_of(op(s, who), me.locked)];
        if (channel.holder != kNone) return;
        channel.holder = who;
        if (lock_of(op(s, who), ++me.locked) == kNone) me.at = look;
        break;
      }
      case look:
        return step_look(s, who, all);
      case enqueue_late:
        park(s, who);
        break;
      case claim:
        if (!step_claim(s, who)) return;
        break;
      case take_out:
        step_take_out(s, who);
        break;
      case unlock:
        s.channels[lock_of(op(s, who), me.locked)].holder = kNone;
        if (lock_of(op(s, who), ++me.locked) == kNone) me.at = wake;
        break;
      case wake:
        step_wake(s, who);
        break;
      case parked:
        if (me.is_ready == 0) return;
        me.is_ready = 0, me.left = 0, me.at = leave;
        break;
      case leave:
        step_leave(s, who);
        break;
      case leave_lock: {
        auto& channel = s.channels[op(s, who).cases[me.left].channel];
        if (channel.holder != kNone) return;
        channel.holder = who, me.at = leave_remove;
        break;
      }
      case leave_remove: {
        const one_case where = op(s, who).cases[me.left];
        remove(s, where, static_cast<byte>(who * kCases + me.left));
        s.channels[where.channel].holder = kNone;
        ++me.left, me.at = leave;
        break;
      }
      default:  // finished
        return;
    }
    all.push_back(s);
  }

  void step_commit(const state& now, byte who, std::vector<state>& all) const {
    const byte at = now.parties[who].commit;
    if (at == kNone) return;
    state s = now;
    s.channels[lock_of(op(s, who), at)].holder = kNone;
    s.parties[who].commit =
        lock_of(op(s, who), static_cast<byte>(at + 1)) == kNone ? kNone : static_cast<byte>(at + 1);
    all.push_back(s);
  }

  // Everything is locked: each ready case may be picked; none: park.
  void step_look(state& s, byte who, std::vector<state>& all) const {
    machine::party& me = s.parties[who];
    if (is_close(s, who)) {
      s.channels[op(s, who).cases[0].channel].is_closed = 1;
      me.at = claim;
      all.push_back(s);
      return;
    }
    bool is_any_ready = false;
    for (byte i = 0; i < op(s, who).count; ++i) {
      const one_case mine = op(s, who).cases[i];
      const auto& channel = s.channels[mine.channel];
      state next = s;
      if (channel.is_closed != 0) {
        begin_unlock(next.parties[who]);
      } else if (channel.length[mine.what == send ? receive : send] > 0) {
        next.parties[who].pick = i, next.parties[who].at = claim;
      } else {
        continue;
      }
      is_any_ready = true;
      all.push_back(next);
    }
    if (is_any_ready) return;
    if (without_ == mutant::unlock_before_enqueue) {
      for (byte i = 0; lock_of(op(s, who), i) != kNone; ++i)
        s.channels[lock_of(op(s, who), i)].holder = kNone;
      me.at = enqueue_late;
    } else {
      park(s, who);
      me.commit = 0;
    }
    all.push_back(s);
  }

  static void begin_unlock(machine::party& me) { me.locked = 0, me.at = unlock; }

  void park(state& s, byte who) const {
    for (byte i = 0; i < op(s, who).count; ++i)
      push(s, op(s, who).cases[i], static_cast<byte>(who * kCases + i));
    s.parties[who].at = parked;
  }

  // False: never.
  bool step_claim(state& s, byte who) const {
    machine::party& me = s.parties[who];
    const one_case from = source(s, who);
    if (me.taking == kNone) {
      const bool is_done =
          s.channels[from.channel].length[from.what] == 0 ||
          (is_close(s, who) && from.what == send && without_ == mutant::close_forgets_senders);
      if (is_done) {
        if (is_close(s, who))
          begin_unlock(me);
        else
          me.at = look;  // all of this case's peers were claimed elsewhere
        return true;
      }
      me.taking = s.channels[from.channel].queue[from.what][0];
      if (without_ == mutant::take_out_before_claim) {
        me.at = take_out;
        return true;
      }
    }
    if (!is_on_stack(s,
                     me.taking)) {  // its operation may be gone: the fault is all there is to say
      s.has_fault = kTouchedAfterLeaving;
      return true;
    }
    machine::party& owner = s.parties[me.taking / kCases];
    const bool is_plain = op(s, static_cast<byte>(me.taking / kCases)).count == 1;
    me.is_ours = is_plain || owner.is_claimed == 0 || without_ == mutant::no_claim;
    if (me.is_ours != 0) owner.is_claimed = 1, owner.chosen = me.taking % kCases;
    if (without_ == mutant::take_out_before_claim)
      have_taken(s, who);
    else
      me.at = take_out;
    return true;
  }

  void step_take_out(state& s, byte who) const {
    machine::party& me = s.parties[who];
    if (!is_on_stack(s, me.taking)) {
      s.has_fault = kTouchedAfterLeaving;
      return;
    }
    const one_case where = op(s, static_cast<byte>(me.taking / kCases)).cases[me.taking % kCases];
    remove(s, where, me.taking);
    if (without_ == mutant::take_out_before_claim)
      me.at = claim;
    else
      have_taken(s, who);
  }

  void have_taken(state& s, byte who) const {
    machine::party& me = s.parties[who];
    const byte taken = me.taking;
    me.taking = kNone;
    me.at = claim;
    if (me.is_ours == 0) return;
    me.woken[me.woken_count++] = taken;
    if (is_close(s, who)) return;
    s.parties[taken / kCases].is_successful = 1;
    begin_unlock(me);
  }

  // Hands over what there is, and wakes, one after the other.
  void step_wake(state& s, byte who) const {
    machine::party& me = s.parties[who];
    if (me.woken_count == 0) return end_operation(me);
    const byte waiter = me.woken[--me.woken_count];
    me.woken[me.woken_count] = 0;
    if (!is_close(s, who)) ++(op(s, who).cases[me.pick].what == send ? me.sent : me.received);
    machine::party& peer = s.parties[waiter / kCases];
    if (peer.at != parked || peer.is_ready != 0) s.has_fault = kReadiedTwice;
    peer.is_ready = 1;
  }

  static void end_operation(machine::party& me) {
    const machine::party before = me;
    me = {};
    me.line = static_cast<byte>(before.line + 1);
    me.sent = before.sent, me.received = before.received;
    me.commit = before.commit;
  }

  void step_leave(state& s, byte who) const {
    machine::party& me = s.parties[who];
    if (me.left < op(s, who).count && without_ != mutant::others_are_left_queued) {
      if (me.left == me.chosen || (me.queued >> me.left & 1) == 0)
        ++me.left;
      else
        me.at = leave_lock;
      return;
    }
    if (me.commit != kNone) s.has_fault = kCommitAfterLeaving;
    if (me.queued != 0) s.has_fault = kLeftQueued;
    for (const machine::party& other : s.parties)
      if (other.taking != kNone && other.taking / kCases == who) s.has_fault = kTouchedAfterLeaving;
    if (me.is_successful != 0) ++(op(s, who).cases[me.chosen].what == send ? me.sent : me.received);
    end_operation(me);
  }

  scenario what_;
  mutant without_;
};

std::vector<scenario> scenarios() {
  const one_case ra{0, receive}, rb{1, receive}, sa{0, send}, sb{1, send};
  return {
      {program{on(ra, rb)}, {on(sa)}, {on(sb)}},
      {program{on(sa, rb)}, {on(ra, sb)}, {}},
      {program{on(sa, rb)}, {on(sb, ra)}, {on(ra, sb)}},
      {program{on(ra, rb)}, {on(sb, sa)}, {close_of(0)}},
      {program{on(ra, rb)}, {close_of(0)}, {close_of(1)}},
      {program{on(sa, sb)}, {close_of(1)}, {on(rb, ra)}},
      {program{on(ra, sa)}, {on(sa, ra)}, {on(ra, sa)}},
      {program{on(ra, rb), on(rb, ra)}, {on(sa), on(sb)}, {}},
      {program{on(ra, rb)}, {on(sa, sb), on(ra)}, {on(sb)}},
      {program{on(ra, ra)}, {on(sa), on(sa)}, {on(ra)}},
      {program{on(sa)}, {on(ra, rb)}, {close_of(0)}},
  };
}

vole_test::exploration explore(const scenario& what, mutant without) {
  return vole_test::explore(select_protocol(what, without), {});
}

TEST(select_model, nobody_waits_who_could_meet_and_nobody_leaves_too_early) {
  int number = 0;
  for (const scenario& what : scenarios()) {
    const auto result = explore(what, mutant::none);
    EXPECT_EQ(result.fault, "") << "scenario " << number;
    EXPECT_GT(result.states, 20u);
    ++number;
  }
}

TEST(select_model, catches_each_mutant) {
  for (const mutant without : kMutants) {
    bool is_caught = false;
    for (const scenario& what : scenarios())
      is_caught = is_caught || !explore(what, without).fault.empty();
    EXPECT_TRUE(is_caught) << static_cast<int>(without);
  }
}

}  // namespace
