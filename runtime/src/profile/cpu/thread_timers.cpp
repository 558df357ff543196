// SPDX-License-Identifier: Apache-2.0
// Per-thread CPU timers by timer_create(2).
#include "profile/cpu/thread_timers.h"

#include <dirent.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "base/clock.h"
#include "profile/profiling_signal.h"

namespace vole::profile {
namespace {

timespec timespec_of(std::int64_t ns) {
  return {.tv_sec = static_cast<time_t>(ns / 1'000'000'000),
          .tv_nsec = static_cast<long>(ns % 1'000'000'000)};
}

// The kernel's number for the clock "CPU time of that thread"; pthread_getcpuclockid makes the same
// one, but wants a pthread_t. See clock_getcpuclockid(3) and posix-timers.h.
clockid_t cpu_clock_of(pid_t thread) {
  constexpr unsigned kPerThread = 4, kScheduled = 2;
  return static_cast<clockid_t>(~static_cast<unsigned>(thread) << 3 | kPerThread | kScheduled);
}

// Calls visit(thread id) for each thread of the process.
template <class F>
void for_each_thread(F&& visit) {
  const auto closer = [](DIR* d) { closedir(d); };
  const std::unique_ptr<DIR, decltype(closer)> tasks(opendir("/proc/self/task"), closer);
  if (tasks == nullptr)
    throw std::system_error(errno, std::generic_category(), "vole: listing /proc/self/task");
  while (const dirent* const one = readdir(tasks.get())) {
    const int id = std::atoi(one->d_name);
    if (id > 0) visit(static_cast<pid_t>(id));
  }
}

}  // namespace

thread_timers::thread_timers(std::int64_t period_ns)
    : period_ns_(period_ns), random_(static_cast<std::uint64_t>(base::wall_ns())) {}

thread_timers::~thread_timers() {
  for (const auto& [thread, e] : timers_) timer_delete(e.timer);
}

void thread_timers::update(pid_t skipped) {
  ++round_;
  for_each_thread([&](pid_t thread) {
    if (thread == skipped) return;
    const auto known = timers_.find(thread);
    if (known != timers_.end()) {
      known->second.round = round_;
    } else {
      add(thread);
    }
  });
  std::erase_if(timers_, [&](const auto& item) {
    if (item.second.round == round_) return false;
    timer_delete(item.second.timer);
    return true;
  });
}

bool thread_timers::add(pid_t thread) {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kProfilingSignal;
  event.sigev_value.sival_int = static_cast<int>(signal_purpose::tick);
  event._sigev_un._tid = thread;
  timer_t timer{};
  if (timer_create(cpu_clock_of(thread), &event, &timer) != 0) {
    // EINVAL: the thread has ended since it was listed.
    if (errno == EINVAL || errno == ESRCH) return false;
    throw std::system_error(errno, std::generic_category(), "vole: making a profiling timer");
  }
  const auto first_ns =
      1 + static_cast<std::int64_t>(random_.next() % static_cast<std::uint64_t>(period_ns_));
  const itimerspec setting{.it_interval = timespec_of(period_ns_),
                           .it_value = timespec_of(first_ns)};
  if (timer_settime(timer, 0, &setting, nullptr) != 0) {
    timer_delete(timer);
    return false;
  }
  timers_.emplace(thread, entry{timer, round_});
  return true;
}

}  // namespace vole::profile
