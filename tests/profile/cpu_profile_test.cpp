// SPDX-License-Identifier: Apache-2.0
// Goal: CPU profiles say where the time went, on every thread, and Go's tool reads them. Method:
// functions with known amounts of work; only orders and wide bounds are checked, never times.
#include <gtest/gtest.h>
#include <signal.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/pprof.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "profile/cpu/sample_ring.h"
#include "profile/cpu/thread_timers.h"
#include "tool.h"

namespace cpu_case {

namespace pprof = vole::pprof;
using profile_test::contains;
using profile_test::flat_values;
using profile_test::go_pprof;

// `units` of work; a unit is some 3 ms on a machine of 2024.
[[gnu::noinline]] unsigned work(int units, unsigned seed) {
  for (int i = 0; i < units * 1'000'000; ++i) {
    seed = seed * 1664525u + 1013904223u;
    asm volatile("" : "+r"(seed));
  }
  return seed;
}
[[gnu::noinline]] void heavy() {
  volatile unsigned sink = work(9 * 20, 1);
  static_cast<void>(sink);
}
[[gnu::noinline]] void light() {
  volatile unsigned sink = work(20, 2);
  static_cast<void>(sink);
}

template <class F>
std::string profile_of(F&& body, int hz = 100) {
  std::ostringstream out;
  pprof::start_cpu_profile(out, hz);
  body();
  pprof::stop_cpu_profile();
  return std::move(out).str();
}

TEST(cpu_profile, nine_times_the_work_has_more_samples) {
  const std::string bytes = profile_of([] {
    heavy();
    light();
  });
  const auto traces = go_pprof("-traces", bytes);
  ASSERT_EQ(traces.status, 0) << traces.output;
  const auto heavier = go_pprof("-top -unit=ns -nodefraction=0 -focus=cpu_case::heavy", bytes);
  const auto lighter = go_pprof("-top -unit=ns -nodefraction=0 -focus=cpu_case::light", bytes);
  const double heavy_ns = flat_values(heavier.output)["cpu_case::work"];
  const double light_ns = flat_values(lighter.output)["cpu_case::work"];
  // 9:1 in truth; with 20 samples or more of the light one, 3:1 is six standard deviations away.
  EXPECT_GT(heavy_ns, 3 * light_ns) << heavier.output << lighter.output;
  EXPECT_GT(light_ns, 0) << traces.output;
}

TEST(cpu_profile, every_thread_is_seen_those_that_start_later_too) {
  const std::string bytes = profile_of([] {
    std::vector<std::thread> threads;
    for (const char* name : {"one", "two", "three"})
      threads.emplace_back([name] { pprof::with_labels({{"thread", name}}, heavy); });
    for (auto& thread : threads) thread.join();
  });
  const auto tags = go_pprof("-tags", bytes);
  ASSERT_EQ(tags.status, 0) << tags.output;
  for (const char* name : {": one", ": two", ": three"})
    EXPECT_TRUE(contains(tags.output, name)) << tags.output;
}

TEST(cpu_profile, goroutines_carry_their_labels_into_samples) {
  const std::string bytes = profile_of([] {
    const auto done = vole::make_chan<int>();
    pprof::with_labels({{"job", "import"}}, [&] {
      vole::go([done] {
        heavy();
        done.send(1);
      });
    });
    done.recv();
  });
  const auto raw = go_pprof("-raw", bytes);
  ASSERT_EQ(raw.status, 0) << raw.output;
  EXPECT_TRUE(contains(raw.output, "job:[import]")) << raw.output;
  const auto focused = go_pprof("-top -tagfocus=job=import", bytes);
  EXPECT_TRUE(contains(focused.output, "cpu_case::work")) << focused.output;
}

TEST(cpu_profile, the_file_says_what_it_is) {
  const std::string bytes = profile_of(heavy, 200);
  const auto raw = go_pprof("-raw", bytes);
  ASSERT_EQ(raw.status, 0) << raw.output;
  EXPECT_TRUE(contains(raw.output, "PeriodType: cpu nanoseconds\nPeriod: 5000000\n")) << raw.output;
  EXPECT_TRUE(contains(raw.output, "samples/count cpu/nanoseconds")) << raw.output;
  EXPECT_TRUE(contains(raw.output, "\nDuration: ")) << raw.output;
  const std::string mappings = raw.output.substr(raw.output.find("\nMappings\n"));
  EXPECT_TRUE(contains(mappings.substr(0, mappings.find('\n', 11)), "profile_test")) << mappings;
  EXPECT_TRUE(contains(raw.output, "cpu_profile_test.cpp")) << raw.output;
}

TEST(cpu_profile, root_frames_of_the_c_library_are_left_out) {
  const std::string bytes = profile_of(heavy);
  const auto traces = go_pprof("-traces", bytes);
  EXPECT_TRUE(contains(traces.output, "main")) << traces.output;
  EXPECT_FALSE(contains(traces.output, "__libc_start")) << traces.output;
  EXPECT_FALSE(contains(traces.output, "_start\n")) << traces.output;
}

TEST(cpu_profile, one_at_a_time) {
  std::ostringstream first, second;
  pprof::start_cpu_profile(first);
  try {
    pprof::start_cpu_profile(second);
    ADD_FAILURE() << "a second profile has started";
  } catch (const std::runtime_error& refusal) {
    EXPECT_STREQ(refusal.what(), "cpu profiling already in use");
  }
  pprof::stop_cpu_profile();
  EXPECT_TRUE(second.str().empty());
  EXPECT_EQ(go_pprof("-raw", first.str()).status, 0);
  pprof::stop_cpu_profile();  // nothing is on: nothing happens
}

TEST(cpu_profile, a_rate_out_of_range_is_refused) {
  std::ostringstream out;
  for (const int hz : {0, -1, 10'001})
    EXPECT_THROW(pprof::start_cpu_profile(out, hz), std::invalid_argument) << hz;
}

TEST(cpu_profile, the_file_appears_whole_at_the_end) {
  const profile_test::scratch_file file;
  pprof::start_cpu_profile(file.path());
  EXPECT_FALSE(std::filesystem::exists(file.path()));
  light();
  pprof::stop_cpu_profile();
  EXPECT_TRUE(std::filesystem::exists(file.path()));
  EXPECT_EQ(profile_test::run("go tool pprof -symbolize=none -raw " + file.path()).status, 0);
  const auto folder = std::filesystem::path(file.path()).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    EXPECT_FALSE(entry.path().string().starts_with(file.path() + ".partial")) << entry.path();
}

TEST(cpu_profile, a_file_that_cant_be_made_is_refused_at_the_start) {
  try {
    pprof::start_cpu_profile("/no/such/folder/cpu.pb.gz");
    ADD_FAILURE() << "the profile has started";
  } catch (const std::system_error& failure) {
    EXPECT_EQ(failure.code(), std::errc::no_such_file_or_directory);
    EXPECT_TRUE(contains(failure.what(), "/no/such/folder/cpu.pb.gz")) << failure.what();
  }
  std::ostringstream out;
  pprof::start_cpu_profile(out);
  pprof::stop_cpu_profile();
}

TEST(cpu_profile, threads_may_come_and_go_while_it_starts_and_stops) {
  std::atomic<bool> may_end{false};
  std::thread churn([&] {
    while (!may_end) std::thread([] { work(1, 1); }).join();
  });
  for (int round = 0; round < 30; ++round) {
    const std::string bytes = profile_of([] { work(1, 3); }, 1000);
    EXPECT_TRUE(bytes.starts_with("\x1f\x8b"));
  }
  may_end = true;
  churn.join();
}

TEST(cpu_profile, labels_may_change_all_the_time) {
  const std::string bytes = profile_of(
      [] {
        for (int i = 0; i < 20'000; ++i)
          pprof::with_labels({{"round", std::to_string(i % 7)}}, [i] {
            volatile unsigned sink = 0;
            for (int k = 0; k < 20'000; ++k) sink = sink + static_cast<unsigned>(i);
          });
      },
      1000);
  const auto tags = go_pprof("-tags", bytes);
  ASSERT_EQ(tags.status, 0) << tags.output;
  EXPECT_TRUE(contains(tags.output, "round: Total")) << tags.output;
}

int foreign_signals = 0;

TEST(cpu_profile, signals_that_are_not_ours_reach_the_handler_that_was_there) {
  // In a fresh process: the handler must be there before vole's is installed.
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        struct sigaction action{};
        action.sa_handler = [](int) { ++foreign_signals; };
        sigaction(SIGPROF, &action, nullptr);
        std::ostringstream out;
        pprof::start_cpu_profile(out);
        raise(SIGPROF);
        pprof::stop_cpu_profile();
        std::_Exit(foreign_signals == 1 ? 17 : 1);
      },
      ::testing::ExitedWithCode(17), "");
}

TEST(sample_ring, what_goes_in_comes_out_and_what_does_not_fit_is_counted) {
  static vole::profile::sample_ring ring;
  ring.prepare();
  std::size_t pushed = 0;
  for (std::size_t i = 0; i < vole::profile::sample_ring::kSlots + 100; ++i) {
    vole::profile::cpu_sample* const slot = ring.claim();
    if (slot == nullptr) {
      ring.count_lost(3);
      continue;
    }
    slot->weight = static_cast<std::int64_t>(i);
    slot->depth = 0;
    ring.publish(slot);
    ++pushed;
  }
  EXPECT_EQ(pushed, vole::profile::sample_ring::kSlots);
  EXPECT_EQ(ring.take_lost(), 300);
  EXPECT_EQ(ring.take_lost(), 0);
  std::int64_t sum = 0;
  std::size_t drained = 0;
  const auto take = [&](const vole::profile::cpu_sample& sample) {
    sum += sample.weight;
    ++drained;
  };
  ring.drain(take);
  ring.drain(take);
  const auto count = static_cast<std::int64_t>(pushed);
  EXPECT_EQ(drained, pushed);
  EXPECT_EQ(sum, count * (count - 1) / 2);
}

TEST(sample_ring, many_writers_and_a_reader_lose_nothing_but_what_is_counted) {
  static vole::profile::sample_ring ring;
  ring.prepare();
  constexpr int kWriters = 4, kEach = 50'000;
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        if (vole::profile::cpu_sample* const slot = ring.claim()) {
          slot->weight = 1;
          ring.publish(slot);
        } else {
          ring.count_lost(1);
        }
      }
      --writing;
    });
  std::int64_t seen = 0;
  const auto take = [&](const vole::profile::cpu_sample& sample) { seen += sample.weight; };
  while (writing != 0) ring.drain(take);
  for (auto& writer : writers) writer.join();
  ring.drain(take);
  EXPECT_EQ(seen + ring.take_lost(), kWriters * kEach);
}

}  // namespace cpu_case
