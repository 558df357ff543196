// SPDX-License-Identifier: Apache-2.0
// Random programs of accesses, releases, acquires and forgotten memory: the shadow's verdict on
// each access equals that of a list of all accesses there ever were, with clocks that are plain
// maps.
//
// After a race the memory is forgotten on both sides: what comes after the first race of a byte is
// not promised.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "clock/naive_clock.h"
#include "race/access_check.h"
#include "race/first_access.h"
#include "race/shadow/segment_ids.h"
#include "race/shadow/shadow_map.h"

namespace vole::race {
namespace {

constexpr std::size_t kBytes = 160;  // two lines and a half
alignas(64) char memory[kBytes];

std::uintptr_t address_of(std::size_t offset) {
  return reinterpret_cast<std::uintptr_t>(memory) + offset;
}

struct access {
  std::size_t offset, size;
  access_kind kind;
  stack_id stack;
};

// What everybody did, and who knows of it.
struct past_access {
  access what;
  std::size_t who;
  std::uint64_t time;    // of `who`, in releases
  std::uint64_t moment;  // the detector's name for that
};

struct runner {
  context* fast = nullptr;
  clock::naive_clock slow;
  std::uint64_t time = 1;
};

struct published {
  released_clock fast;
  clock::naive_clock slow;
};

class program {
 public:
  explicit program(std::uint32_t seed) : random_(seed) {
    const std::size_t count = 2 + random_() % 5;
    for (std::size_t i = 0; i < count; ++i) runners_.push_back({make_context(nullptr, 0), {}, 1});
    states_.resize(1 + random_() % 3);
    for (std::size_t i = 0; i < 40; ++i) {
      const std::uintptr_t pcs[] = {0x400000 + i, 0x500000 + seed % 7};
      stacks_.push_back(intern_stack(pcs, 2));
    }
  }
  ~program() {
    forget(0, kBytes);
    for (const runner& each : runners_) retire_context(each.fast);
  }
  program(const program&) = delete;
  program& operator=(const program&) = delete;

  // The failure in words, or nothing.
  std::string step();
  int races() const { return races_; }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  access any_access();
  std::string perform(std::size_t who, const access& what);
  bool races_with(std::size_t who, const access& what, const past_access& before) const;
  bool fast_verdict(context& self, const access& what, kept_race& found);
  void forget(std::size_t from, std::size_t to);

  std::mt19937 random_;
  std::vector<runner> runners_;
  std::vector<published> states_;
  std::vector<stack_id> stacks_;
  std::vector<past_access> past_;
  int races_ = 0;
};

access program::any_access() {
  static constexpr access_kind kKinds[] = {access_kind::read,        access_kind::read,
                                           access_kind::write,       access_kind::write,
                                           access_kind::atomic_read, access_kind::atomic_write};
  access what{};
  what.kind = kKinds[below(6)];
  what.stack = stacks_[below(below(4) == 0 ? stacks_.size() : 3)];
  switch (is_atomic(what.kind) ? 1 : below(4)) {
    case 0:  // any bytes
      what.size = 1 + below(12);
      break;
    case 1:  // one word
      what.size = std::size_t{1} << below(4);
      break;
    case 2:
      what.size = 4 + 4 * below(2);
      break;
    case 3:  // a range
      what.size = 16 + below(kBytes - 16);
      break;
  }
  what.offset = below(kBytes - what.size + 1);
  if (what.size <= 8 && below(3) != 0) what.offset &= ~(std::size_t{7});
  if (is_atomic(what.kind)) what.offset &= ~(what.size - 1);
  return what;
}

bool program::races_with(std::size_t who, const access& what, const past_access& before) const {
  const bool is_common = what.offset < before.what.offset + before.what.size &&
                         before.what.offset < what.offset + what.size;
  if (!is_common || before.who == who || !conflicts(what.kind, before.what.kind)) return false;
  return runners_[who].slow.get(static_cast<clock::component>(before.who)) < before.time;
}

// As the entry points go about it.
bool program::fast_verdict(context& self, const access& what, kept_race& found) {
  const std::uintptr_t address = address_of(what.offset);
  if (is_on_record(self, address, what.size, what.kind)) return false;
  set_current(&self);
  const call_site nowhere{what.stack, 0};
  const bool is_plain = !is_atomic(what.kind);
  bool is_done = false;
  if (is_plain && what.size == 4)
    is_done = put_first_access<4>(address, is_write(what.kind), nowhere);
  if (is_plain && what.size == 8)
    is_done = put_first_access<8>(address, is_write(what.kind), nowhere);
  if (!is_done) {
    inside_guard guard;
    check_keeping(self, address, what.size, what.kind, what.stack, found);
  }
  set_current(nullptr);
  return found.is_found;
}

std::string program::perform(std::size_t who, const access& what) {
  context& self = *runners_[who].fast;
  bool is_race = false;
  for (const past_access& before : past_) is_race |= races_with(who, what, before);
  past_.push_back({what, who, runners_[who].time, self.now.word});
  kept_race found;
  if (fast_verdict(self, what, found) != is_race)
    return is_race ? "a race was lost" : "a race was made up";
  if (!is_race) return "";
  ++races_;
  bool is_explained = false;  // the record is of an access that does race
  for (const past_access& before : past_) {
    is_explained |= races_with(who, what, before) && before.moment == found.previous.epoch &&
                    before.what.kind == found.previous.kind();
  }
  forget(0, kBytes);
  return is_explained ? "" : "the record is none of the accesses that race";
}

void program::forget(std::size_t from, std::size_t to) {
  forget_accesses(address_of(from), address_of(to));
  std::vector<past_access> left;
  for (const past_access& each : past_) {
    // What is left of it on either side.
    const std::size_t low = each.what.offset, high = low + each.what.size;
    past_access part = each;
    if (low < from) {
      part.what.size = std::min(high, from) - low;
      left.push_back(part);
    }
    if (high > to) {
      part.what.offset = std::max(low, to);
      part.what.size = high - part.what.offset;
      left.push_back(part);
    }
  }
  past_ = left;
}

std::string program::step() {
  const std::size_t who = below(runners_.size());
  runner& self = runners_[who];
  published& state = states_[below(states_.size())];
  switch (below(16)) {
    case 0:
    case 1:
    case 2:  // release
      state.fast = release(*self.fast);
      state.slow = self.slow;
      state.slow.raise(static_cast<clock::component>(who), self.time++);
      return "";
    case 3:
    case 4:
    case 5:
    case 6:  // acquire
      acquire(*self.fast, state.fast);
      self.slow.join(state.slow);
      return "";
    case 7: {
      const std::size_t from = below(kBytes), to = from + below(kBytes - from) + 1;
      if (below(3) == 0) forget(from, to);
      return "";
    }
    case 8:
      if (below(20) == 0) reclaim_ids();
      return "";
    default:
      return perform(who, any_access());
  }
}

TEST(shadow_fuzz, verdicts_equal_those_of_all_accesses_in_a_list) {
  const char* wanted = std::getenv("VOLE_TEST_SEED");
  const std::uint32_t first = wanted != nullptr ? static_cast<std::uint32_t>(std::atoi(wanted)) : 1;
  const std::uint32_t programs = wanted != nullptr ? 1 : 6000;
  int races = 0;
  for (std::uint32_t seed = first; seed < first + programs; ++seed) {
    inside_guard guard;  // gtest's own allocations are none of the program's
    program one(seed);
    this_thread.inside = 0;
    for (int step = 0; step < 120; ++step) {
      const std::string failure = one.step();
      ASSERT_EQ(failure, "") << "VOLE_TEST_SEED=" << seed << " step " << step;
    }
    races += one.races();
    this_thread.inside = 1;
  }
  if (wanted == nullptr) EXPECT_GT(races, 1000) << "the programs race too seldom to say much";
}

// Ids are used again, and what is on record under others is not disturbed.
TEST(shadow_fuzz, ids_of_segments_that_left_no_word_are_used_again) {
  inside_guard guard;
  context* keeper = make_context(nullptr, 0);
  context* worker = make_context(nullptr, 0);
  kept_race none;
  check_keeping(*keeper, address_of(0), 8, access_kind::write, 0, none);
  std::size_t freed = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5000; ++i) {
      check_keeping(*worker, address_of(64), 8, access_kind::write, 0, none);
      release(*worker);
    }
    freed = reclaim_ids();
    EXPECT_GE(freed, 4990u);
  }
  EXPECT_FALSE(none.is_found);
  kept_race found;
  check_keeping(*worker, address_of(4), 4, access_kind::read, 0, found);
  EXPECT_TRUE(found.is_found);
  EXPECT_EQ(found.previous.epoch, keeper->now.word);
  forget_accesses(address_of(0), address_of(kBytes));
  for (context* each : {keeper, worker}) retire_context(each);
}

}  // namespace
}  // namespace vole::race
