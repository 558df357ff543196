// SPDX-License-Identifier: Apache-2.0
// VOLE_DEBUG=schedtrace=N: the scheduler in a line of text every N milliseconds, in Go's words.
#pragma once

#include <cstdint>
#include <string>

namespace vole::sched {

// "SCHED 105ms: gomaxprocs=2 idleprocs=1 threads=3 spinningthreads=0 needspinning=0 idlethreads=1
// runqueue=0 [ 0 0 ] schedticks=[ 12 7 ]" and a newline, each number as of some moment of its own.
// Threads are the runtime's workers. With `has_detail` a line for each processor, worker and
// goroutine instead of the lists. Any thread; takes the scheduler's lock for a moment.
std::string schedtrace_text(std::int64_t since_start_ns, bool has_detail);

// For the monitor, in each of its rounds: writes that to stderr if it is due.
void trace_schedule(std::int64_t now_ns);

}  // namespace vole::sched
