// SPDX-License-Identifier: Apache-2.0
// Writes the scheduler down.
#include "sched/machine/schedtrace.h"

#include <string_view>

#include "base/debug_options.h"
#include "base/raw_log.h"
#include "event/census.h"
#include "sched/core/scheduler.h"

namespace vole::sched {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

void append(std::string& out, std::string_view name, std::int64_t value) {
  out.append(name).append(std::to_string(value));
}

int length(const worker* first) {
  int count = 0;
  for (; first != nullptr; first = first->idle_next) ++count;
  return count;
}

void append_totals(std::string& out) {
  scheduler& s = the_scheduler;
  int threads = 0, idle_threads = 0;
  std::size_t queued = 0;
  {
    base::spin_guard guard(s.lock);
    threads = s.workers_count;
    idle_threads = length(s.idle_workers);
    queued = s.global_queue.size();
  }
  // relaxed, all of them: numbers to look at
  append(out, "gomaxprocs=", s.procs_limit.load(std::memory_order_relaxed));
  append(out, " idleprocs=", s.idle_processors_count.load(std::memory_order_relaxed));
  append(out, " threads=", threads);
  append(out, " spinningthreads=", s.spinning_count.load(std::memory_order_relaxed));
  append(out, " needspinning=", s.needs_spinning.load(std::memory_order_relaxed) ? 1 : 0);
  append(out, " idlethreads=", idle_threads);
  append(out, " runqueue=", static_cast<std::int64_t>(queued));
}

// Calls visit(number, processor) for those in use.
template <class Visit>
void for_each_processor(Visit visit) {
  scheduler& s = the_scheduler;
  const int allocated = s.procs_allocated.load(std::memory_order_acquire);  // acquire: the pointers
  const int limit = s.procs_limit.load(std::memory_order_relaxed);          // relaxed: as above
  for (int i = 0; i < allocated && i < limit; ++i)
    visit(i, *s.procs[i].load(std::memory_order_relaxed));  // relaxed: see acquire above
}

void append_lists(std::string& out) {
  std::string ticks;
  out += " [ ";
  for_each_processor([&](int, const processor& proc) {
    append(out, "", proc.queue.size());
    out += ' ';
    append(ticks, "", proc.tick.load(std::memory_order_relaxed));  // relaxed: as above
    ticks += ' ';
  });
  out += "] schedticks=[ " + ticks + "]\n";
}

void append_processors_and_workers(std::string& out) {
  out += '\n';
  scheduler& s = the_scheduler;
  for_each_processor([&](int number, const processor& proc) {
    append(out, "  P", number);
    bool is_running = false;
    {
      base::spin_guard guard(s.lock);
      is_running = proc.state == processor::status::running;
    }
    append(out, ": status=", is_running ? 1 : 0);
    append(out, " schedtick=", proc.tick.load(std::memory_order_relaxed));  // relaxed: as above
    append(out, " runqsize=", proc.queue.size());
    out += '\n';
  });
  const worker* all = nullptr;
  {
    base::spin_guard guard(s.lock);
    all = s.all_workers;
  }
  for (const worker* w = all; w != nullptr; w = w->all_next) {
    const processor* const proc = w->proc();
    append(out, "  M", w->thread_id);
    out += ": p=" + (proc != nullptr ? std::to_string(proc->index) : "nil");
    // relaxed: as above
    out += " curg=";
    const g* const current = w->running.load(std::memory_order_relaxed);
    out += current != nullptr ? std::to_string(current->id) : "nil";
    out += '\n';
  }
}

// Go's numbers: runnable 1, running 2, syscall 3, waiting 4.
int number_of(event::goroutine_state state) {
  switch (state) {
    case event::goroutine_state::runnable:
      return 1;
    case event::goroutine_state::running:
      return 2;
    case event::goroutine_state::syscall:
      return 3;
    case event::goroutine_state::waiting:
      return 4;
    case event::goroutine_state::dead:
      return 6;
  }
  return 0;
}

void append_goroutine(void* argument, const event::goroutine_view& view) {
  auto& out = *static_cast<std::string*>(argument);
  append(out, "  G", static_cast<std::int64_t>(view.self->id));
  append(out, ": status=", number_of(view.state));
  out.append("(").append(text(view.reason)).append(")");
  out += " m=" + (view.thread_id != 0 ? std::to_string(view.thread_id) : "nil");
  out += view.is_locked_to_thread ? " lockedm=" + std::to_string(view.thread_id) : " lockedm=nil";
  out += '\n';
}

}  // namespace

std::string schedtrace_text(std::int64_t since_start_ns, bool has_detail) {
  std::string out = "SCHED " + std::to_string(since_start_ns / kNsPerMs) + "ms: ";
  append_totals(out);
  if (!has_detail) {
    append_lists(out);
    return out;
  }
  append_processors_and_workers(out);
  event::for_each_goroutine(&append_goroutine, &out, true);
  return out;
}

void trace_schedule(std::int64_t now_ns) {
  static std::int64_t start_ns = 0, next_ns = 0;  // the monitor's own
  const base::debug_options& options = base::debug();
  if (options.schedtrace_ms == 0 || now_ns < next_ns) return;
  if (start_ns == 0) start_ns = now_ns;
  next_ns = now_ns + options.schedtrace_ms * kNsPerMs;
  const std::string text = schedtrace_text(now_ns - start_ns, options.has_scheddetail);
  base::raw_writer() << std::string_view(text);
}

}  // namespace vole::sched
