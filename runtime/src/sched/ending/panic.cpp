// SPDX-License-Identifier: Apache-2.0
// The last words of a process: `panic:` for uncaught exceptions, `fatal error:` for the rest.
#include "sched/ending/panic.h"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <typeinfo>

#include "base/raw_log.h"
#include "event/traceback.h"
#include "sched/ending/goexit.h"
#include "sched/ending/panic_text.h"
#include "sched/exit.h"
#include "sched/park.h"

namespace vole::sched {
namespace {

constexpr int kStatus = 2;  // Go's for panics and fatal errors

// `scope` is what level single shows.
[[noreturn]] void say_and_quit(std::string_view kind, std::string_view text,
                               event::traceback_scope scope) {
  const event::traceback_level level = event::wanted_traceback();
  if (level >= event::traceback_level::all) scope = event::traceback_scope::all;
  base::raw_writer() << kind << text << "\n";  // before anything that may fail
  if (level != event::traceback_level::none) {
    const std::string trace = event::traceback(scope);
    base::raw_writer() << "\n" << std::string_view(trace);
  }
  quit_after_report();
}

// On the throwing thread, with the throw point still on the stack.
[[noreturn]] void on_terminate() {
  current();  // main is goroutine 1 also when this is the first that the runtime hears of it
  claim_death();
  const std::type_info* const type = abi::__cxa_current_exception_type();
  if (type == nullptr)
    say_and_quit("fatal error: ", "std::terminate called without an exception",
                 event::traceback_scope::current);
  if (is_goexit(*type))
    say_and_quit("fatal error: ", "goexit was stopped by a noexcept function",
                 event::traceback_scope::current);
  say_and_quit("panic: ", panic_text(), event::traceback_scope::current);
}

}  // namespace

// From the start, for a program that throws before it has used the runtime.
[[gnu::constructor]] void install_terminate_handler() {
  const std::terminate_handler before = std::set_terminate(&on_terminate);
  if (before != &__gnu_cxx::__verbose_terminate_handler && before != &std::abort)
    std::set_terminate(before);  // the program's own
}

void fatal(const char* text) {
  claim_death();
  say_and_quit("fatal error: ", text, event::traceback_scope::all);
}

void quit_after_report() {
  if (event::wanted_traceback() == event::traceback_level::crash) abort_process();
  quit_process(kStatus);
}

}  // namespace vole::sched
