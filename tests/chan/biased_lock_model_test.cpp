// SPDX-License-Identifier: Apache-2.0
// Goal: the lock that threads own for a while (base/thread/biased_lock.h) excludes, and looks
// without it are true. Method: programs for the store buffer machine, all interleavings; and again
// with a step left out or moved, which must be caught. Numbers are those of the steps there.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/sched/store_buffer_machine.h"

namespace {

using namespace vole_test;

constexpr int r0 = 0, r1 = 1, r2 = 2, r3 = 3;
constexpr int kFree = 0, kHeld = 1, kBiased = 3;
constexpr int kHolds = 1, kTorn = 2, kSaysNo = 3;
constexpr int word = 0, bias = 1, busy_of_first = 2, busy_of_second = 3, data = 4, flag = 5;
constexpr int kFirst = 1, kSecond = 2;  // owners

enum class variant {
  as_it_is,
  no_second_look,         // 3
  no_heavy_fence,         // 7
  fence_before_bias,      // 7 before 6
  no_wait,                // 8
  one_busy_for_all,       // the second owner uses the first one's
  biased_taken_for_free,  // in seems_free()
  only_bias_is_looked_at  // in seems_free(), and no 7: one of the two would do for an owner's look
};

int busy_of(variant v, int owner) {
  return owner == kFirst || v == variant::one_busy_for_all ? busy_of_first : busy_of_second;
}

// What the lock protects: 1 while somebody is inside.
program inside(const std::string& name) {
  code c;
  c << load(r3, data) << jump_if(r3, 1, name + "torn") << store(data, 1) << mark(kHolds);
  c << load(r3, data) << jump_if(r3, 0, name + "torn") << mark(0) << store(data, 0);
  c << jump(name + "whole") << label(name + "torn") << mark(kTorn) << label(name + "whole");
  return c;
}

// 5 to 8. Another thread may be the owner.
program take_word(variant v, const std::string& name) {
  code c;
  c << label(name + "again") << replace(r1, word, kFree, kHeld) << jump_if(r1, kFree, name + "has");
  c << replace(r1, word, kBiased, kHeld) << jump_if(r1, kBiased, name + "take");
  c << jump(name + "again") << label(name + "take") << load(r2, bias);
  if (v == variant::fence_before_bias) c << heavy_fence();
  c << store(bias, 0);
  if (v != variant::no_heavy_fence && v != variant::fence_before_bias &&
      v != variant::only_bias_is_looked_at)
    c << heavy_fence();
  if (v == variant::no_wait) return c << label(name + "has");
  c << jump_if(r2, kSecond, name + "second");
  c << label(name + "first") << load(r1, busy_of(v, kFirst)) << jump_if(r1, 1, name + "first");
  c << jump(name + "has");
  c << label(name + "second") << load(r1, busy_of(v, kSecond)) << jump_if(r1, 1, name + "second");
  return c << label(name + "has");
}

using body = std::function<program(const std::string& name)>;

program plain_turn(variant v, const std::string& name, const body& does = inside) {
  code c;
  return c << take_word(v, name) << does(name) << store(word, kFree);
}

// 1 to 4, for who was the owner at some time.
program owner_turn(variant v, int self, const std::string& name, const body& does = inside) {
  const int busy = busy_of(v, self);
  code c;
  c << load(r0, bias) << jump_if(r0, self, name + "mine") << jump(name + "plain");
  c << label(name + "mine") << store(busy, 1);
  if (v != variant::no_second_look) {
    c << load(r0, bias) << jump_if(r0, self, name + "owns") << store(busy, 0);
    c << jump(name + "plain") << label(name + "owns");
  }
  c << does(name) << store(busy, 0) << jump(name + "end");
  return c << label(name + "plain") << plain_turn(v, name + "p", does) << label(name + "end");
}

// A plain turn that ends as the owner.
program become_owner(variant v, int self) {
  const int busy = busy_of(v, self);
  code c;
  c << take_word(v, "become") << store(busy, 1) << store(bias, self);
  c << replace(r1, word, kHeld, kBiased);
  return c << inside("become") << store(busy, 0);
}

machine_state owned_by_first() {
  machine_state start;
  start.words[word] = kBiased;
  start.words[bias] = kFirst;
  return start;
}

bool excludes(const std::vector<program>& programs) {
  return machine(programs, owned_by_first()).keeps([](const machine_state& s, bool) {
    int inside_now = 0;
    for (const machine_thread& one : s.threads) {
      if (one.at == kTorn) return false;
      inside_now += one.at == kHolds ? 1 : 0;
    }
    return inside_now <= 1;
  });
}

bool excludes_owner_and_others(variant v) {
  code owner;
  owner << owner_turn(v, kFirst, "one") << owner_turn(v, kFirst, "two");
  return excludes({owner, plain_turn(v, "other")}) &&
         excludes({owner_turn(v, kFirst, "one"), plain_turn(v, "other"), plain_turn(v, "third")});
}

bool excludes_owner_and_next_owner(variant v) {
  return excludes({owner_turn(v, kFirst, "one"), become_owner(v, kSecond)}) &&
         excludes({owner_turn(v, kFirst, "one"), become_owner(v, kSecond), plain_turn(v, "third")});
}

TEST(biased_lock_model, an_owner_and_others_exclude_each_other) {
  EXPECT_TRUE(excludes_owner_and_others(variant::as_it_is));
  for (const variant mutant : {variant::no_second_look, variant::no_heavy_fence,
                               variant::fence_before_bias, variant::no_wait})
    EXPECT_FALSE(excludes_owner_and_others(mutant)) << static_cast<int>(mutant);
}

TEST(biased_lock_model, an_owner_that_comes_late_does_not_open_the_lock_of_the_next) {
  EXPECT_TRUE(excludes_owner_and_next_owner(variant::as_it_is));
  EXPECT_FALSE(excludes_owner_and_next_owner(variant::one_busy_for_all));
}

// Looks without the lock: data is the count, full at 1. ------------------------------------------

// seems_free() and the look; `self`: the owner that looks, or 0. Who can't say takes the lock.
program look(variant v, int self) {
  code c;
  if (v != variant::only_bias_is_looked_at)
    c << load(r0, word) << jump_if(r0, kFree, "look") << jump_if(r0, kHeld, "properly");
  if (v == variant::biased_taken_for_free) c << jump_if(r0, kBiased, "look");
  if (self != 0) c << load(r0, bias) << jump_if(r0, self, "look");
  c << label("properly") << take_word(v, "look") << load(r0, data) << store(word, kFree)
    << jump("seen");
  c << label("look") << load(r0, data);
  return c << label("seen") << jump_if(r0, 0, "yes") << mark(kSaysNo) << label("yes");
}

// "I store a flag and find the channel full; you receive and load the flag." The receiver is
// thread 1.
bool is_flag_seen(const std::vector<program>& programs) {
  machine_state start = owned_by_first();
  start.words[data] = 1;
  return machine(programs, start).keeps([](const machine_state& s, bool is_end) {
    return !is_end || s.threads[0].at != kSaysNo || s.threads[1].regs[r3] == 1;
  });
}

bool is_flag_of_other_seen(variant v) {
  code looker, owner, third;
  looker << store(flag, 1) << fence() << look(v, 0);
  const auto receive = [](const std::string&) { return program{store(data, 0)}; };
  owner << owner_turn(v, kFirst, "own", receive) << load(r3, flag);
  third << take_word(v, "third") << store(word, kFree);
  return is_flag_seen({looker, owner}) && is_flag_seen({looker, owner, third});
}

bool is_flag_of_owner_seen(variant v) {
  code looker, other;
  looker << store(flag, 1) << fence() << look(v, kFirst);
  other << take_word(v, "take") << store(data, 0) << store(word, kFree) << load(r3, flag);
  return is_flag_seen({looker, other});
}

TEST(biased_lock_model, who_finds_the_channel_full_is_seen_by_the_owner_that_makes_room) {
  EXPECT_TRUE(is_flag_of_other_seen(variant::as_it_is));
  EXPECT_FALSE(is_flag_of_other_seen(variant::biased_taken_for_free));
  EXPECT_FALSE(is_flag_of_other_seen(variant::no_heavy_fence));
}

TEST(biased_lock_model, an_owner_that_finds_the_channel_full_is_seen_by_who_makes_room) {
  EXPECT_TRUE(is_flag_of_owner_seen(variant::as_it_is));
  EXPECT_FALSE(is_flag_of_owner_seen(variant::only_bias_is_looked_at));
}

}  // namespace
