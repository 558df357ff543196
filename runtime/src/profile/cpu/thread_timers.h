// SPDX-License-Identifier: Apache-2.0
// A timer on the CPU clock of every thread of the process, whoever made the thread.
//
// One timer per process (setitimer) can queue one signal at a time and so misses most of what a
// program on many cores does; one per thread does not. Threads are found in /proc/self/task; a
// timer is made from outside, without the thread's help.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <unordered_map>

#include "base/prng.h"

namespace vole::profile {

class thread_timers {
 public:
  // Signals every `period_ns` of a thread's CPU time; the first after a random part of it, so that
  // threads that live shorter than a period are seen in proportion.
  explicit thread_timers(std::int64_t period_ns);
  ~thread_timers();  // no tick starts afterwards; one that was queued may still arrive
  thread_timers(const thread_timers&) = delete;
  thread_timers& operator=(const thread_timers&) = delete;

  // Makes timers for threads that are new, but `skipped` (0: none), and drops those of threads that
  // have ended. Throws std::system_error when a living thread can't be given one.
  void update(pid_t skipped);

 private:
  struct entry {
    timer_t timer;
    std::uint64_t round;  // the update that saw the thread last
  };

  bool add(pid_t thread);

  std::int64_t period_ns_;
  base::prng random_;
  std::uint64_t round_ = 0;
  std::unordered_map<pid_t, entry> timers_;
};

}  // namespace vole::profile
