// SPDX-License-Identifier: Apache-2.0
// goexit(): a forced unwinding that runs destructors, passes through catch (...) blocks that
// rethrow, and ends the goroutine at the end of its stack.
//
// Forced unwinding (as pthread_exit's) and not an exception type of our own: an exception needs a
// handler at the outermost frame, and main and foreign threads have none of ours; libstdc++'s own
// catch-alls (futures, streams) let a forced unwinding pass and would swallow an exception. But the
// object that flies is a C++ exception by its header, and not foreign: a foreign one that meets
// catch (...) inside of another handler calls std::terminate, and std::uncaught_exceptions() would
// not count it.
//
// A catch (...) that does not rethrow ends the object's life at the handler's end, where the C++
// runtime calls its cleanup function: that is on_swallowed().
#include "sched/ending/goexit.h"

#include <pthread.h>
#include <unwind.h>

#include <cstring>
#include <exception>

#include "base/check.h"
#include "event/emit.h"
#include "fiber/sanitizer_fiber.h"
#include "sched/core/worker.h"
#include "sched/ending/panic.h"
#include "sched/park.h"
#include "sched/thread/adopt.h"
#include "sched/thread/futex.h"
#include "sched/thread/threads.h"

namespace vole::sched {
namespace {

struct goexit_signal {};

void on_swallowed(_Unwind_Reason_Code, _Unwind_Exception*) {
  fatal("goexit was swallowed by a catch (...) that does not rethrow");
}

// All frames are gone. Ends the goroutine of whatever kind; does not return.
[[noreturn]] void end_of_stack() {
  g& self = as_g(current());
  eh_globals& eh = *thread_eh_globals();
  VOLE_CHECK(eh.uncaught > 0, "goexit lost count of its unwinding");
  eh = {};
  self.goexit_signal = nullptr;  // the last reference, unless the program has taken one
  if (!self.is_adopted) leave(self, leave_action::finish);
  if (&self != &main_goroutine()) pthread_exit(nullptr);  // the key's destructor ends the goroutine
  end_adoption(self);
  block_thread_for_ever();  // main's thread is the process's: the others run on
}

_Unwind_Reason_Code stop_at_end(int, _Unwind_Action actions, _Unwind_Exception_Class,
                                _Unwind_Exception*, _Unwind_Context*, void*) {
  if ((actions & _UA_END_OF_STACK) != 0) end_of_stack();
  return _URC_NO_REASON;
}

}  // namespace

bool is_goexit(const std::type_info& type) noexcept { return type == typeid(goexit_signal); }

void exit_goroutine() {
  g& self = as_g(current());
  VOLE_CHECK(self.goexit_signal == nullptr, "goexit in a destructor that goexit runs");
  self.goexit_signal = std::make_exception_ptr(goexit_signal());
  // libstdc++'s exception_ptr is a pointer to the object, and the Itanium C++ ABI puts the
  // unwinder's header right before that.
  void* object = nullptr;
  static_assert(sizeof object == sizeof self.goexit_signal);
  std::memcpy(&object, &self.goexit_signal, sizeof object);
  auto* const header = static_cast<_Unwind_Exception*>(object) - 1;
  header->exception_class = 0x474e5543432b2b00;  // "GNUCC++\0"
  header->exception_cleanup = &on_swallowed;
  ++thread_eh_globals()->uncaught;  // as __cxa_throw does
  fiber::announce_unwinding();
  _Unwind_ForcedUnwind(header, &stop_at_end, nullptr);
  VOLE_CHECK(false, "the unwinder refused goexit");
  __builtin_unreachable();
}

}  // namespace vole::sched
