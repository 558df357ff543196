// SPDX-License-Identifier: Apache-2.0
// The last words of a process: `panic:` for uncaught exceptions, `fatal error:` for the rest.
#include "sched/ending/panic.h"

#include <cxxabi.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <typeinfo>

#include "base/raw_log.h"
#include "event/traceback.h"
#include "sched/ending/goexit.h"
#include "sched/exit.h"
#include "sched/park.h"

namespace vole::sched {
namespace {

constexpr int kStatus = 2;  // Go's for panics and fatal errors

// Go indents the further lines of a panic's text by a tab.
std::string with_indented_lines(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += '\t';
  }
  return out;
}

std::string demangled(const std::type_info& type) {
  int status = 0;
  char* const name = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string out = status == 0 && name != nullptr ? name : type.name();
  std::free(name);
  return out;
}

std::string hex(std::uintptr_t value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[value & 15]);
    value >>= 4;
  } while (value != 0);
  return "0x" + digits;
}

// What Go would print for the value: texts and numbers as such, anything else as type and address.
std::string text_of_current_exception() {
  try {
    throw;
  } catch (const std::exception& e) {
    return with_indented_lines(e.what());
  } catch (const std::string& text) {
    return with_indented_lines(text);
  } catch (const char* text) {
    return with_indented_lines(text);
  } catch (int value) {
    return std::to_string(value);
  } catch (unsigned value) {
    return std::to_string(value);
  } catch (long value) {
    return std::to_string(value);
  } catch (unsigned long value) {
    return std::to_string(value);
  } catch (bool value) {
    return value ? "true" : "false";
  } catch (...) {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    const std::exception_ptr held = std::current_exception();
    std::uintptr_t address = 0;
    static_assert(sizeof held == sizeof address);
    __builtin_memcpy(&address, &held, sizeof address);  // libstdc++: a pointer to the object
    return "(" + (type != nullptr ? demangled(*type) : "unknown type") + ") " + hex(address);
  }
}

[[noreturn]] void say_and_quit(std::string_view kind, std::string_view text,
                               event::traceback_scope scope) {
  const std::string trace = event::traceback(scope);
  {
    base::raw_writer out;
    out << kind << text << "\n\n" << std::string_view(trace);
  }
  quit_process(kStatus);
}

// On the throwing thread, with the throw point still on the stack.
[[noreturn]] void on_terminate() {
  claim_death();
  const std::type_info* const type = abi::__cxa_current_exception_type();
  if (type == nullptr)
    say_and_quit("fatal error: ", "std::terminate called without an exception",
                 event::traceback_scope::current);
  if (is_goexit(*type))
    say_and_quit("fatal error: ", "goexit was stopped by a noexcept function",
                 event::traceback_scope::current);
  say_and_quit("panic: ", text_of_current_exception(), event::traceback_scope::current);
}

}  // namespace

void install_terminate_handler() {
  const std::terminate_handler before = std::set_terminate(&on_terminate);
  if (before != &__gnu_cxx::__verbose_terminate_handler && before != &std::abort)
    std::set_terminate(before);  // the program's own
}

void die_all(const char* text) {
  claim_death();
  say_and_quit("fatal error: ", text, event::traceback_scope::all);
}

void fatal(const char* text) {
  claim_death();
  say_and_quit("fatal error: ", text, event::traceback_scope::current);
}

}  // namespace vole::sched
