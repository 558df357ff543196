// SPDX-License-Identifier: Apache-2.0
// The soak: everything at once for a given time, with checksums. soak [SECONDS] [SEED] [ACTOR]
#include <unistd.h>
#include <vole/vole.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <thread>

#include "soak.h"

namespace soak {

void expect_equal(const char* law, long found, long expected) {
  if (found == expected) return;
  std::fprintf(stderr, "soak: broken law: %s: found %ld, expected %ld\n%s\n", law, found, expected,
               vole::stack(true).c_str());
  std::abort();
}

void expect(const char* law, bool holds) { expect_equal(law, holds ? 1 : 0, 1); }

namespace {

// An actor that has not ended a round while the process had so much of the processors hangs: a
// round takes milliseconds. By the processors' time, since on a machine that is busy with other
// work a hundred short waits in a row may take a minute; a process that stands still altogether
// uses none.
constexpr std::chrono::seconds kStall{60};
constexpr std::chrono::minutes kStandstill{10};

struct playing {
  actor one;
  std::uint64_t seed;
  std::atomic<long> rounds = 0;
  std::atomic<bool> has_ended = false;
};

std::vector<std::unique_ptr<playing>> everybody(std::uint64_t seed, const char* only) {
  std::vector<std::unique_ptr<playing>> all;
  for (const auto& theme : {channel_actors(), select_actors(), sync_actors(), timing_actors(),
                            net_actors(), thread_actors(), ending_actors(), spawning_actors()}) {
    for (const actor& one : theme) {
      if (only != nullptr && std::strcmp(only, one.name) != 0) continue;
      all.push_back(std::make_unique<playing>(one, seed + all.size()));
    }
  }
  return all;
}

struct moment {
  std::chrono::steady_clock::time_point time = std::chrono::steady_clock::now();
  std::clock_t of_processors = std::clock();
};

bool is_stall(const moment& since, const moment& now) {
  const std::chrono::duration<double> used(
      static_cast<double>(now.of_processors - since.of_processors) / CLOCKS_PER_SEC);
  return used > kStall || now.time - since.time > kStandstill;
}

// A thread that uses nothing of vole's, so that it sees the end of everything.
void watch(const std::vector<std::unique_ptr<playing>>& all, const std::atomic<bool>& is_over) {
  std::vector<long> seen(all.size(), -1);
  std::vector<moment> since(all.size());
  while (!is_over.load()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const moment now;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const long rounds = all[i]->rounds.load();
      if (rounds != seen[i] || all[i]->has_ended.load()) {
        seen[i] = rounds;
        since[i] = now;
      } else if (is_stall(since[i], now)) {
        std::fprintf(stderr, "soak: %s has not ended a round for %.0f s (seed %lu)\n%s\n",
                     all[i]->one.name,
                     std::chrono::duration<double>(now.time - since[i].time).count(),
                     static_cast<unsigned long>(all[i]->seed), vole::stack(true).c_str());
        std::abort();
      }
    }
  }
}

long status_number(const char* key) {
  std::FILE* const status = std::fopen("/proc/self/status", "re");
  if (status == nullptr) return -1;
  char line[256];
  long number = -1;
  while (std::fgets(line, sizeof line, status) != nullptr)
    if (std::strncmp(line, key, std::strlen(key)) == 0)
      number = std::atol(line + std::strlen(key) + 1);
  std::fclose(status);
  return number;
}

int play(double seconds, std::uint64_t seed, const char* only) {
  const auto all = everybody(seed, only);
  if (all.empty()) {
    std::fprintf(stderr, "soak: no actor %s\n", only);
    return 2;
  }
  std::printf("soak: %zu actors for %g s, seed %lu, %d processors\n", all.size(), seconds,
              static_cast<unsigned long>(seed), vole::max_procs());
  std::fflush(stdout);
  std::atomic<bool> is_over = false;
  std::thread watchman([&] { watch(all, is_over); });
  const auto end = vole::steady_clock::now() + std::chrono::duration<double>(seconds);
  vole::wait_group actors;
  for (const auto& entry : all) {
    actors.go([one = entry.get(), end] {
      chance dice(one->seed);
      while (vole::steady_clock::now() < end) {
        one->one.round(dice);
        one->rounds.fetch_add(1);
      }
      one->has_ended.store(true);
    });
  }
  actors.wait();
  while (vole::num_goroutine() > 1) vole::yield();  // the last ones are on their way out
  is_over.store(true);
  watchman.join();
  long rounds = 0;
  for (const auto& entry : all) {
    std::printf("  %-20s %8ld rounds\n", entry->one.name, entry->rounds.load());
    rounds += entry->rounds.load();
  }
  std::printf(
      "soak: %ld rounds, every law held; %ld threads, %ld MiB at the end, %ld MiB at most\n",
      rounds, status_number("Threads:"), status_number("VmRSS:") / 1024,
      status_number("VmHWM:") / 1024);
  return 0;
}

}  // namespace
}  // namespace soak

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 600;
  const std::uint64_t seed =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : static_cast<std::uint64_t>(getpid());
  return soak::play(seconds, seed, argc > 3 ? argv[3] : nullptr);
}
