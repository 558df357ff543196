// SPDX-License-Identifier: Apache-2.0
// Goal: no goroutine in a run-next slot is lost or taken twice. Method: the ten steps at the head
// of sched/core/run_next.h as programs for the store buffer machine, an owner and two thieves, all
// interleavings; and mutants that must be caught.
#include <gtest/gtest.h>

#include <string>

#include "store_buffer_machine.h"

namespace {

using namespace vole_test;

constexpr int r0 = 0, r1 = 1, r2 = 2, r3 = 3;
constexpr int slot = 0, is_busy = 1, claim = 2;
constexpr int kNone = 0, kTaking = 2;  // a thief's name, 1 or 2, asks; with this added it takes

enum class variant {
  as_it_is,
  full_fences,
  no_heavy_fence,
  no_look_at_busy,
  nameless_claims,
  owner_does_not_void,
  owner_does_not_wait,
  busy_comes_late,
  slot_is_read_early  // what a processor that lets loads pass loads may do: step 3 acquires
};

// Steps 1 to 5: leaves whom it displaces in `result`.
program exchange(variant v, int puts, int result, const std::string& n) {
  code c;
  if (v != variant::busy_comes_late) c << store(is_busy, 1);
  if (v == variant::full_fences) c << fence();
  if (v == variant::slot_is_read_early) c << load(result, slot);
  c << label("look" + n) << load(r0, claim);
  if (v == variant::busy_comes_late) c << store(is_busy, 1);
  c << jump_if(r0, kNone, "own" + n);
  for (const int thief : {1, 2}) {
    const std::string next = "not" + std::to_string(thief) + n;
    c << jump_if(r0, thief, "asks" + std::to_string(thief) + n) << jump(next);
    c << label("asks" + std::to_string(thief) + n);
    if (v == variant::owner_does_not_void) c << jump("own" + n);
    c << replace(r1, claim, thief, kNone) << jump_if(r1, thief, "own" + n) << jump("look" + n);
    c << label(next);
  }
  if (v != variant::owner_does_not_wait) c << jump("look" + n);  // one takes: until it is done
  c << label("own" + n);
  if (v != variant::slot_is_read_early) c << load(result, slot);
  c << store(slot, puts) << store(is_busy, 0);
  return c;
}

// Puts 1 and then 2 there (1, if it is still there, goes elsewhere), and takes what is left.
program owner(variant v) {
  code c;
  c << exchange(v, 1, r2, "a") << exchange(v, 2, r2, "b");
  c << load(r3, slot) << jump_if(r3, 0, "end") << exchange(v, 0, r3, "c") << label("end");
  return c;
}

// Steps 6 to 10: whom it takes is in r2.
program thief(variant v, int number) {
  const int name = v == variant::nameless_claims ? 1 : number;
  code c;
  c << load(r0, slot) << jump_if(r0, 0, "end");
  c << replace(r0, claim, kNone, name) << jump_if(r0, kNone, "asked") << jump("end");
  c << label("asked");
  if (v == variant::full_fences)
    c << fence();
  else if (v != variant::no_heavy_fence)
    c << heavy_fence();
  if (v != variant::no_look_at_busy) {
    c << load(r0, is_busy) << jump_if(r0, 0, "free");
    c << replace(r1, claim, name, kNone) << jump("end") << label("free");
  }
  c << replace(r0, claim, name, name + kTaking) << jump_if(r0, name, "take") << jump("end");
  c << label("take") << load(r2, slot) << store(slot, 0) << store(claim, kNone);
  return c << label("end");
}

bool is_everybody_somewhere(const machine_state& s) {
  int count[3] = {};
  ++count[s.words[slot]];
  ++count[s.threads[0].regs[r2]];
  ++count[s.threads[0].regs[r3]];
  ++count[s.threads[1].regs[r2]];
  ++count[s.threads[2].regs[r2]];
  return count[1] == 1 && count[2] == 1;
}

bool is_kept_with(variant v) {
  machine all({owner(v), thief(v, 1), thief(v, 2)}, {});
  return all.keeps(
      [](const machine_state& s, bool is_end) { return !is_end || is_everybody_somewhere(s); });
}

TEST(run_next_model, nobody_is_lost_or_taken_twice) {
  EXPECT_TRUE(is_kept_with(variant::as_it_is));
  EXPECT_TRUE(is_kept_with(variant::full_fences));
}

TEST(run_next_model, catches_each_protocol_with_a_step_left_out) {
  for (const variant v :
       {variant::no_heavy_fence, variant::no_look_at_busy, variant::nameless_claims,
        variant::owner_does_not_void, variant::owner_does_not_wait, variant::busy_comes_late,
        variant::slot_is_read_early})
    EXPECT_FALSE(is_kept_with(v)) << static_cast<int>(v);
}

}  // namespace
