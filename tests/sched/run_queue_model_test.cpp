// SPDX-License-Identifier: Apache-2.0
// Goal: the ring with run-next slot of run_queue.cpp hands each goroutine to exactly one taker, and
// looks empty only if it was. The slot's operations are single steps here: run_next_model_test.cpp
// is about what they are made of. Method: a ring of four with its owner, two thieves and an
// onlooker as a machine, each atomic access a step, explored through every interleaving. Mutants
// must be caught.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/explore_model.h"

namespace {

enum class mutant {
  none,
  pop_stores_head,             // instead of compare-and-swap
  tail_before_slot,            // push publishes what it has not written
  steal_reads_after_claim,     // the owner overwrites it meanwhile
  overflow_stores_head,        // instead of compare-and-swap
  take_next_loads_and_stores,  // instead of an exchange
  exchange_next_loads_and_stores,
  displaced_is_dropped,
  no_second_look_at_tail,  // is_empty()
};
constexpr std::array kMutants = {mutant::pop_stores_head,
                                 mutant::tail_before_slot,
                                 mutant::steal_reads_after_claim,
                                 mutant::overflow_stores_head,
                                 mutant::take_next_loads_and_stores,
                                 mutant::exchange_next_loads_and_stores,
                                 mutant::displaced_is_dropped,
                                 mutant::no_second_look_at_tail};

constexpr std::uint8_t kCapacity = 4, kGoroutines = 8;
using byte = std::uint8_t;

// The owner's program: p pushes a new goroutine, n makes a new one the next to run, o pops, t takes
// the run-next one.
struct scenario {
  std::string_view program;
  byte thieves;
  bool has_onlooker;
};
constexpr std::array<scenario, 8> kScenarios = {{{"pppoo", 1, false},
                                                 {"ppppp", 1, false},
                                                 {"pppppo", 2, false},
                                                 {"ppoppoppo", 1, false},
                                                 {"nnnot", 2, false},
                                                 {"ntntnt", 1, false},
                                                 {"nnt", 0, true},
                                                 {"pnonto", 1, true}}};

enum pc : byte {
  idle,
  push_head,  // loads head
  push_slot,
  push_tail,
  push_claim,  // half of a full ring
  pop_head,
  pop_claim,
  next_store,  // second half of a torn exchange
  steal_head,
  steal_tail,
  steal_copy,
  steal_claim,
  steal_copy_late,
  steal_next,
  steal_next_clear,
  look_head,
  look_tail,
  look_next,
  look_tail_again,
  gone,
};

struct machine {
  byte head = 0, tail = 0, next = 0;  // 0: nobody
  std::array<byte, kCapacity> ring{};
  std::array<byte, kGoroutines> taken{};  // how often, by number - 1
  byte made = 0;

  struct party {
    byte at = idle, line = 0;  // line: in the program; a thief's tries
    byte head = 0, tail = 0, who = 0, count = 0;
    std::array<byte, kCapacity> copied{};
  };
  std::array<party, 4> parties{};    // owner, two thieves, onlooker
  byte was_empty = 0, is_wrong = 0;  // of the onlooker's look
};

class run_queue_protocol {
 public:
  using state = machine;

  run_queue_protocol(const scenario& what, mutant without) : what_(what), without_(without) {}

  state beginning() const {
    state s;
    s.parties[1].at = what_.thieves > 0 ? steal_head : gone;
    s.parties[2].at = what_.thieves > 1 ? steal_head : gone;
    s.parties[3].at = gone;
    if (what_.has_onlooker) {  // the onlooker comes where there is somebody
      s.parties[3].at = look_head;
      s.next = ++s.made;
    }
    return s;
  }

  std::string key(const state& s) const { return vole_test::bytes_of(s); }

  std::vector<state> steps(const state& now) const {
    std::vector<state> all;
    for (std::size_t i = 0; i < now.parties.size(); ++i) {
      state next = now;
      machine::party& me = next.parties[i];
      if (i == 0 ? !step_owner(next, me) : !step_other(next, me)) continue;
      if (next.parties[3].at != gone && is_empty(next)) next.was_empty = 1;
      all.push_back(next);
    }
    return all;
  }

  std::string fault(const state& s, bool is_stuck) const {
    for (byte i = 0; i < s.made; ++i)
      if (s.taken[i] > 1) return "a goroutine was taken twice";
    if (s.is_wrong != 0) return "the queue looked empty and never was";
    if (!is_stuck) return {};
    std::array<byte, kGoroutines> found = s.taken;
    for (byte i = s.head; i != s.tail; ++i) ++found[s.ring[i % kCapacity] - 1u];
    if (s.next != 0) ++found[s.next - 1u];
    for (byte i = 0; i < s.made; ++i)
      if (found[i] != 1) return "a goroutine was lost or is here twice";
    return {};
  }

 private:
  // Whoever the owner is about to push is not here yet: the owner looks for a processor after it.
  static bool is_empty(const state& s) { return s.head == s.tail && s.next == 0; }

  static void take(state& s, byte who) {
    if (who != 0) ++s.taken[who - 1u];
  }

  bool step_owner(state& s, machine::party& me) const {
    switch (me.at) {
      case idle:
        return begin_line(s, me);
      case next_store:
        s.next = s.made;
        start_push(me, me.who);
        break;
      case push_head:
        me.head = s.head, me.tail = s.tail;
        me.at = me.tail - me.head < kCapacity
                    ? (without_ == mutant::tail_before_slot ? push_tail : push_slot)
                    : push_claim;
        break;
      case push_slot:
        s.ring[me.tail % kCapacity] = me.who;
        me.at = without_ == mutant::tail_before_slot ? idle : push_tail;
        break;
      case push_tail:
        s.tail = static_cast<byte>(me.tail + 1);
        me.at = without_ == mutant::tail_before_slot ? push_slot : idle;
        break;
      case push_claim:
        if (s.head != me.head && without_ != mutant::overflow_stores_head) {
          me.at = push_head;  // a thief made room
          break;
        }
        for (byte i = 0; i < kCapacity / 2; ++i) take(s, s.ring[(me.head + i) % kCapacity]);
        s.head = static_cast<byte>(me.head + kCapacity / 2);
        take(s, me.who);
        me.at = idle;
        break;
      case pop_head:
        me.head = s.head;
        me.at = me.head == s.tail ? idle : pop_claim;
        break;
      default:  // pop_claim
        if (s.head != me.head && without_ != mutant::pop_stores_head) {
          me.at = pop_head;
          break;
        }
        take(s, s.ring[me.head % kCapacity]);
        s.head = static_cast<byte>(me.head + 1);
        me.at = idle;
    }
    return true;
  }

  void start_push(machine::party& me, byte who) const {
    me.who = who;
    me.at = who == 0 || without_ == mutant::displaced_is_dropped ? idle : push_head;
  }

  bool begin_line(state& s, machine::party& me) const {
    if (me.line == what_.program.size()) return false;
    switch (what_.program[me.line++]) {
      case 'p':
        me.who = ++s.made;
        me.at = push_head;
        break;
      case 'n': {
        const byte displaced = s.next;
        ++s.made;
        if (without_ == mutant::exchange_next_loads_and_stores) {
          me.who = displaced;
          me.at = next_store;
          break;
        }
        s.next = s.made;
        start_push(me, displaced);
        break;
      }
      case 'o':
        me.at = pop_head;
        break;
      default:
        take(s, s.next);
        s.next = 0;
    }
    return true;
  }

  bool step_other(state& s, machine::party& me) const {
    switch (me.at) {
      case steal_head:
        me.head = s.head, me.at = steal_tail;
        break;
      case steal_tail: {
        const byte size = static_cast<byte>(s.tail - me.head);
        me.count = static_cast<byte>(size - size / 2);
        me.at = without_ == mutant::steal_reads_after_claim ? steal_claim : steal_copy;
        if (me.count == 0) me.at = steal_next;
        if (me.count > kCapacity / 2) me.at = steal_head;  // head and tail of different times
        me.tail = 0;
        break;
      }
      case steal_copy:
      case steal_copy_late:
        me.copied[me.tail] = s.ring[(me.head + me.tail) % kCapacity];
        if (++me.tail < me.count) break;
        if (me.at == steal_copy)
          me.at = steal_claim;
        else
          have_stolen(s, me);
        break;
      case steal_claim:
        if (s.head != me.head) {
          me.at = steal_head;
          break;
        }
        s.head = static_cast<byte>(me.head + me.count);
        if (without_ == mutant::steal_reads_after_claim)
          me.at = steal_copy_late;
        else
          have_stolen(s, me);
        break;
      case steal_next:
        me.who = s.next;
        if (without_ == mutant::take_next_loads_and_stores) {
          me.at = steal_next_clear;
          break;
        }
        s.next = 0;
        take(s, me.who);
        me.at = gone;
        break;
      case steal_next_clear:
        if (me.who != 0) s.next = 0;
        take(s, me.who);
        me.at = gone;
        break;
      case look_head:
        me.head = s.head, me.at = look_tail;
        break;
      case look_tail:
        me.tail = s.tail, me.at = look_next;
        break;
      case look_next:
        me.who = s.next;
        me.at = look_tail_again;
        if (without_ == mutant::no_second_look_at_tail) end_look(s, me);
        break;
      case look_tail_again:
        if (me.tail != s.tail)
          me.at = look_head;
        else
          end_look(s, me);
        break;
      default:  // gone
        return false;
    }
    return true;
  }

  static void end_look(state& s, machine::party& me) {
    if (me.head == me.tail && me.who == 0 && s.was_empty == 0) s.is_wrong = 1;
    me.at = gone;
  }

  static void have_stolen(state& s, machine::party& me) {
    for (byte i = 0; i < me.count; ++i) take(s, me.copied[i]);
    me.copied = {};
    me.at = ++me.line < 2 ? steal_head : gone;  // comes twice
  }

  scenario what_;
  mutant without_;
};

vole_test::exploration explore(const scenario& what, mutant without) {
  const run_queue_protocol model(what, without);
  return vole_test::explore(model, model.beginning());
}

TEST(run_queue_model, each_goroutine_is_taken_once_and_an_empty_look_is_true) {
  for (const scenario& what : kScenarios) {
    const auto result = explore(what, mutant::none);
    EXPECT_EQ(result.fault, "") << what.program;
    EXPECT_GT(result.states, 10u);
  }
}

TEST(run_queue_model, catches_each_mutant) {
  for (const mutant without : kMutants) {
    bool is_caught = false;
    for (const scenario& what : kScenarios)
      is_caught = is_caught || !explore(what, without).fault.empty();
    EXPECT_TRUE(is_caught) << static_cast<int>(without);
  }
}

}  // namespace
