// SPDX-License-Identifier: Apache-2.0
// Exceptions in the words of Go's panics.
#include "sched/ending/panic_text.h"

#include <cxxabi.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "sched/ending/goexit.h"

namespace vole::sched {
namespace {

constexpr std::size_t kChainMax = 16;                               // exceptions shown of one chain
constexpr std::string_view kRethrown = " [recovered, repanicked]";  // Go's words

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

// libstdc++: a pointer to the exception object.
std::uintptr_t address_of(const std::exception_ptr& held) {
  std::uintptr_t address = 0;
  static_assert(sizeof held == sizeof address);
  __builtin_memcpy(&address, &held, sizeof address);
  return address;
}

std::string printed(const char* format, auto value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

// Of the exception being handled. `nested` becomes the one that it holds, if it does.
std::string text_of_current(std::exception_ptr& nested) {
  try {
    throw;
  } catch (const std::exception& e) {
    if (const auto* const holder = dynamic_cast<const std::nested_exception*>(&e))
      nested = holder->nested_ptr();
    return with_indented_lines(e.what());
  } catch (const std::string& text) {
    return with_indented_lines(text);
  } catch (std::string_view text) {
    return with_indented_lines(text);
  } catch (const char* text) {
    return with_indented_lines(text != nullptr ? text : "(const char*) nullptr");
  } catch (bool value) {
    return value ? "true" : "false";
  } catch (int value) {
    return std::to_string(value);
  } catch (unsigned value) {
    return std::to_string(value);
  } catch (long value) {
    return std::to_string(value);
  } catch (unsigned long value) {
    return std::to_string(value);
  } catch (long long value) {
    return std::to_string(value);
  } catch (unsigned long long value) {
    return std::to_string(value);
  } catch (double value) {
    return printed("%+e", value);
  } catch (float value) {
    return printed("%+e", static_cast<double>(value));
  } catch (...) {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    return "(" + (type != nullptr ? demangled(*type) : "unknown type") + ") " +
           printed("%#zx", static_cast<std::size_t>(address_of(std::current_exception())));
  }
}

// What `held` says, innermost of its own nest last.
void append_nest(std::vector<std::string>& texts, const std::exception_ptr& held) {
  if (held == nullptr || texts.size() >= kChainMax) return;
  std::exception_ptr nested;
  try {
    std::rethrow_exception(held);
  } catch (...) {
    texts.push_back(text_of_current(nested));
  }
  append_nest(texts, nested);
}

}  // namespace

std::string panic_text() {
  std::vector<std::string> texts;  // the latest first
  std::uintptr_t last = 0;
  for (;;) {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    if (type == nullptr || is_goexit(*type) || texts.size() >= kChainMax) break;
    const std::uintptr_t address = address_of(std::current_exception());
    std::exception_ptr nested;
    if (address != last)
      texts.push_back(text_of_current(nested));
    else if (!texts.back().ends_with(kRethrown))
      texts.back() += kRethrown;  // `throw;` in the handler that had it
    last = address;
    // The handler in which it was thrown, if any, is still open: nothing has been unwound.
    abi::__cxa_end_catch();
    if (nested != nullptr && nested != std::current_exception()) append_nest(texts, nested);
  }
  std::string out;
  while (!texts.empty()) {
    out += texts.back();
    texts.pop_back();
    if (!texts.empty()) out += " [recovered]\n\tpanic: ";
  }
  return out;
}

}  // namespace vole::sched
