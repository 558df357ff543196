// SPDX-License-Identifier: Apache-2.0
// Goal: the idle protocol of sched/core/worker.cpp leaves no goroutine behind while a processor is
// idle. Method: the steps of its essay as a small machine, explored through every interleaving;
// each step is one sequentially consistent access. Mutants that leave a step out must be caught, or
// the model proves nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/explore_model.h"

namespace {

enum class mutant {
  none,
  no_note,
  no_second_look_for_idle,
  no_check_of_note,
  no_recheck,
  no_chain,
  no_look_after_unclaim
};

// Program counters. Submitting (also done by a spinner that found work) is 10 and up.
enum pc : std::uint8_t {
  asleep,
  busy,           // runs a goroutine, for ever: a hog
  decide,         // has a processor, found nothing of its own
  count_up,       // becomes a spinner: counts
  clear_note,     // ... and takes the note
  search,         // looks at the queues
  give_up,        // 4: the processor becomes idle (lock taken)
  check_note,     // 4: takes it back if there is a note (lock let go)
  count_down,     // 5: no spinner any more
  look_again,     // 5: looks at the queues once more
  take_back,      // 5: takes an idle processor, or leaves a note
  publish = 20,   // 1
  read_spinning,  // 3
  read_idle,
  read_note,
  leave_note,
  read_idle_again,
  claim_spinner,
  start_spinner,
  unclaim,
};

constexpr int kThreads = 6;  // those of a beginning, and fresh ones for whom it wakes

struct state {
  int queued = 0, idle = 0, spinning = 0;
  bool has_note = false;
  int lock_holder = -1;
  struct thread {
    pc at = asleep;
    bool is_spinner = false;
    int to_publish = 0;
  };
  std::array<thread, kThreads> threads;
};

class idle_protocol {
 public:
  using state = ::state;

  explicit idle_protocol(mutant without) : without_(without) {}

  std::vector<state> steps(const state& now) const {
    std::vector<state> all;
    for (int who = 0; who < kThreads; ++who)
      for (const state& next : steps(now, who)) all.push_back(next);
    return all;
  }

  std::string fault(const state& now, bool is_stuck) const {
    if (!is_stuck) return {};
    if (now.queued > 0 && now.idle > 0) return "a goroutine waits beside an idle processor";
    if (now.spinning != 0) return "the count of spinners is wrong";
    if (now.lock_holder != -1) return "the lock is held for ever";
    return {};
  }

  // Threads are alike: a state and its permutations are one.
  std::string key(const state& now) const {
    std::array<std::array<char, 4>, kThreads> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const state::thread& t = now.threads[i];
      all[i] = {static_cast<char>(t.at), static_cast<char>(t.is_spinner),
                static_cast<char>(t.to_publish),
                static_cast<char>(now.lock_holder == static_cast<int>(i))};
    }
    std::sort(all.begin(), all.end());
    std::string text = {static_cast<char>(now.queued), static_cast<char>(now.idle),
                        static_cast<char>(now.spinning), static_cast<char>(now.has_note)};
    for (const auto& thread : all) text.append(thread.data(), thread.size());
    return text;
  }

 private:
  // After a thread has submitted: it publishes more, or goes on with what it runs.
  static void settle(state::thread& me) { me.at = me.to_publish > 0 ? publish : busy; }

  static bool needs_lock(pc at) { return at == give_up || at == take_back || at == start_spinner; }

  std::vector<state> steps(const state& now, int who) const {
    const pc at = now.threads[static_cast<std::size_t>(who)].at;
    if (at == asleep || at == busy) return {};
    if (now.lock_holder != -1 && now.lock_holder != who && needs_lock(at)) return {};
    if (at == start_spinner && now.idle > 0 && !has_sleeper(now)) return {};  // one comes soon
    state next = now;
    state::thread& me = next.threads[static_cast<std::size_t>(who)];
    if (at == decide) {  // the count of spinners may be stale: both ways
      me.at = count_up;
      state quits = now;
      quits.threads[static_cast<std::size_t>(who)].at = give_up;
      return {next, quits};
    }
    if (at < publish)
      step_searcher(next, me, who);
    else
      step_submitter(next, me);
    return {next};
  }

  void step_searcher(state& s, state::thread& me, int who) const {
    switch (me.at) {
      case count_up:
        ++s.spinning, me.is_spinner = true, me.at = clear_note;
        break;
      case clear_note:
        s.has_note = false, me.at = search;
        break;
      case search:
        if (s.queued == 0) {
          me.at = give_up;
          break;
        }
        --s.queued, --s.spinning, me.is_spinner = false;
        me.at = without_ == mutant::no_chain ? busy : read_spinning;
        break;
      case give_up:
        ++s.idle;
        s.lock_holder = me.is_spinner ? -1 : who;
        me.at = me.is_spinner ? count_down : check_note;
        break;
      case check_note:
        s.lock_holder = -1;
        if (s.has_note && s.idle > 0 && without_ != mutant::no_check_of_note)
          --s.idle, me.at = count_up;
        else
          me.at = asleep;
        break;
      case count_down:
        --s.spinning, me.is_spinner = false;
        me.at = without_ == mutant::no_recheck ? asleep : look_again;
        break;
      case look_again:
        me.at = s.queued > 0 ? take_back : asleep;
        break;
      default:  // take_back
        if (s.idle > 0)
          --s.idle, me.at = count_up;
        else
          s.has_note = true, me.at = asleep;
    }
  }

  static bool has_sleeper(const state& s) {
    return std::any_of(s.threads.begin(), s.threads.end(),
                       [](const state::thread& t) { return t.at == asleep; });
  }

  // A sleeping worker, or a new thread; the submitter has counted it as a spinner.
  static void wake_spinner(state& s) {
    for (state::thread& other : s.threads) {
      if (other.at != asleep) continue;
      other.at = search, other.is_spinner = true;
      return;
    }
  }

  void step_submitter(state& s, state::thread& me) const {
    switch (me.at) {
      case publish:
        ++s.queued, --me.to_publish, me.at = read_spinning;
        break;
      case read_spinning:
        me.at = read_idle;
        if (s.spinning != 0) settle(me);
        break;
      case read_idle:
        me.at = s.idle > 0 ? claim_spinner : read_note;
        if (s.idle == 0 && without_ == mutant::no_note) settle(me);
        break;
      case read_note:
        me.at = s.has_note ? read_idle_again : leave_note;
        break;
      case leave_note:
        s.has_note = true, me.at = read_idle_again;
        if (without_ == mutant::no_second_look_for_idle) settle(me);
        break;
      case read_idle_again:
        me.at = claim_spinner;
        if (s.idle == 0) settle(me);
        break;
      case claim_spinner:
        if (s.spinning == 0)
          s.spinning = 1, me.at = start_spinner;
        else
          settle(me);
        break;
      case start_spinner:
        if (s.idle == 0) {
          me.at = unclaim;
          break;
        }
        --s.idle;
        wake_spinner(s);
        settle(me);
        break;
      default:  // unclaim: somebody may have seen our count and left it to us
        --s.spinning, me.at = read_idle;
        if (without_ == mutant::no_look_after_unclaim) settle(me);
    }
  }

  mutant without_;
};

// Thread 0 runs a goroutine that readies `submitted` others and then hogs its processor;
// `searchers` workers have just run out of work.
state beginning(int submitted, std::size_t searchers) {
  state s;
  s.threads[0].at = publish;
  s.threads[0].to_publish = submitted;
  for (std::size_t i = 1; i <= searchers; ++i) s.threads[i].at = decide;
  return s;
}

constexpr std::array<std::pair<int, std::size_t>, 6> kBeginnings = {
    {{1, 1}, {1, 2}, {1, 3}, {2, 2}, {2, 3}, {3, 3}}};

TEST(idle_model, no_goroutine_is_left_behind_while_a_processor_is_idle) {
  for (const auto& [submitted, searchers] : kBeginnings) {
    const auto result =
        vole_test::explore(idle_protocol(mutant::none), beginning(submitted, searchers));
    EXPECT_EQ(result.fault, "") << submitted << " submitted, " << searchers << " searchers";
    EXPECT_GT(result.states, 10u);
  }
}

TEST(idle_model, catches_each_protocol_with_a_step_left_out) {
  for (const mutant without :
       {mutant::no_note, mutant::no_second_look_for_idle, mutant::no_check_of_note,
        mutant::no_recheck, mutant::no_chain, mutant::no_look_after_unclaim}) {
    bool is_caught = false;
    for (const auto& [submitted, searchers] : kBeginnings)
      is_caught =
          is_caught ||
          vole_test::explore(idle_protocol(without), beginning(submitted, searchers)).fault ==
              "a goroutine waits beside an idle processor";
    EXPECT_TRUE(is_caught) << static_cast<int>(without);
  }
}

}  // namespace
