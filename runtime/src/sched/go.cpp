// SPDX-License-Identifier: Apache-2.0
// The functions behind <vole/go.h>.
#include <vole/go.h>

#include "event/emit.h"
#include "event/traceback.h"
#include "sched/checked/checked.h"
#include "sched/core/scheduler.h"
#include "sched/ending/panic.h"
#include "sched/goroutine/registry.h"
#include "sched/machine/max_procs.h"
#include "sched/park.h"
#include "sched/spawn.h"
#include "sched/thread/blocking.h"

namespace vole {

namespace detail {

[[gnu::noinline]] void spawn_core(void (*run)(void*), void* closure, std::string_view name,
                                  std::size_t stack_bytes) {
  sched::spawn_request request;
  request.run = run;
  request.closure = closure;
  request.name = name;
  request.stack_bytes = stack_bytes;
  request.creation_pc = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  request.creator = sched::current();
  sched::spawn(request);
  if (request.creator->bubble_id != 0) [[unlikely]]
    event::emit::operation_begun(event::operation::spawn, nullptr);
}

blocking_scope::blocking_scope() {
  if (sched::is_checked) [[unlikely]]
    sched::refuse_held_locks(sched::as_g(sched::current()), "calls blocking()");
  sched::enter_blocking();
}
blocking_scope::~blocking_scope() { sched::exit_blocking(); }

}  // namespace detail

void yield() {
  event::emit::operation_begun(event::operation::yield, nullptr);
  sched::yield();
}

void goexit() { sched::exit_goroutine(); }

int max_procs(int n) { return sched::set_max_procs(n); }

int num_cpu() { return sched::processors_online(); }

std::size_t num_goroutine() {
  sched::current();  // the caller counts
  return sched::count_goroutines();
}

std::uint64_t goroutine_id() { return sched::current()->id; }

void lock_os_thread() { sched::lock_thread(); }
void unlock_os_thread() { sched::unlock_thread(); }

pin::pin() : goroutine_(goroutine_id()) { sched::lock_thread(); }
pin::~pin() {
  if (goroutine_id() != goroutine_) sched::fatal("a pin was destroyed by another goroutine");
  sched::unlock_thread();
}

std::string stack(bool all) {
  sched::current();  // the caller is shown, also when this is its first use
  return event::traceback(all ? event::traceback_scope::all : event::traceback_scope::current);
}

}  // namespace vole
