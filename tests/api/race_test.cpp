// SPDX-License-Identifier: Apache-2.0
// The contract of <vole/race.h>: what the annotations mean with the detector, and that they cost
// nothing but a call without it.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/race.h>

#include <atomic>
#include <string_view>

#include "support.h"

namespace {

// Two goroutines that nothing orders but what `first` and `second` do, run one after the other: the
// order is made with a relaxed atomic, which is no happens-before edge.
template <class First, class Second>
void unordered(First first, Second second) {
  const auto ended = vole::make_chan<vole::unit>(2);
  std::atomic<bool> turn = false;
  vole::go([&] {
    first();
    turn.store(true, std::memory_order_relaxed);
    ended.send({});
  });
  vole::go([&] {
    while (!turn.load(std::memory_order_relaxed)) vole::yield();
    second();
    ended.send({});
  });
  ended.recv();
  ended.recv();
}

// How many more races are known after f, which plants as many as said.
template <class F>
std::size_t new_races(F f, std::size_t planted = 0) {
  const std::size_t before = vole::race::error_count();
  f();
  if (vole::race::enabled()) vole_test::races_planted += planted;
  return vole::race::error_count() - before;
}

TEST(race, enabled_says_how_the_program_was_built) {
#ifdef VOLE_RACE
  EXPECT_TRUE(vole::race::enabled());
#else
  EXPECT_FALSE(vole::race::enabled());
#endif
}

TEST(race, unordered_writes_are_reported_with_the_detector_only) {
  static long cell = 0;
  const std::size_t found = new_races(
      [] {
        unordered([] { vole::race::write(&cell, sizeof cell); },
                  [] { vole::race::write(&cell, sizeof cell); });
      },
      1);
  EXPECT_EQ(found, vole::race::enabled() ? 1u : 0u);
}

TEST(race, a_read_and_a_write_race_but_two_reads_do_not) {
  static long cell = 0;
  EXPECT_EQ(new_races([] {
              unordered([] { vole::race::read(&cell, sizeof cell); },
                        [] { vole::race::read(&cell, sizeof cell); });
            }),
            0u);
  static long other = 0;
  const std::size_t found = new_races(
      [] {
        unordered([] { vole::race::read(&other, sizeof other); },
                  [] { vole::race::write(&other, sizeof other); });
      },
      1);
  EXPECT_EQ(found, vole::race::enabled() ? 1u : 0u);
}

TEST(race, release_and_acquire_order_what_stands_around_them) {
  static long cell = 0, tag = 0;
  EXPECT_EQ(new_races([] {
              unordered(
                  [] {
                    vole::race::write(&cell, sizeof cell);
                    vole::race::release(&tag);
                  },
                  [] {
                    vole::race::acquire(&tag);
                    vole::race::write(&cell, sizeof cell);
                  });
            }),
            0u);
}

TEST(race, release_merge_keeps_what_others_released) {
  static long one = 0, two = 0, tag = 0;
  EXPECT_EQ(new_races([] {
              unordered(
                  [] {
                    vole::race::write(&one, sizeof one);
                    vole::race::release_merge(&tag);
                  },
                  [] {
                    vole::race::write(&two, sizeof two);
                    vole::race::release_merge(&tag);
                  });
              vole::race::acquire(&tag);
              vole::race::write(&one, sizeof one);
              vole::race::write(&two, sizeof two);
            }),
            0u);
}

TEST(race, each_new_report_is_handed_to_the_callback) {
  static long cell = 0;
  std::atomic<int> reports = 0;
  vole::race::set_report_callback([&](std::string_view text) {
    if (vole_test::contains(text, "DATA RACE")) ++reports;
  });
  new_races(
      [] {
        unordered([] { vole::race::write(&cell, sizeof cell); },
                  [] { vole::race::write(&cell, sizeof cell); });
      },
      1);
  vole::race::set_report_callback({});
  EXPECT_EQ(reports, vole::race::enabled() ? 1 : 0);
}

TEST(race, nothing_is_seen_between_disable_and_enable) {
  static long cell = 0;
  EXPECT_EQ(new_races([] {
              unordered([] { vole::race::write(&cell, sizeof cell); },
                        [] {
                          vole::race::disable();
                          vole::race::write(&cell, sizeof cell);
                          vole::race::enable();
                        });
            }),
            0u);
}

}  // namespace
