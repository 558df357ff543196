// SPDX-License-Identifier: Apache-2.0
// What can be told from a function's name: its readable form, its parts, whose it is.
#include "symbol/names.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "symbol/symbolizer.h"

namespace vole::symbol {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$';
}

// The length of the operator's own characters behind the word "operator": "()" in operator()().
std::size_t operator_symbol_length(std::string_view rest) {
  if (rest.starts_with("()") || rest.starts_with("[]")) return 2;
  std::size_t length = 0;
  while (length < rest.size() &&
         std::string_view("<>=!+-*/%^&|~,").find(rest[length]) != std::string_view::npos)
    ++length;
  // "operator<<int>" is "operator<" with arguments, "operator<< <int>" is the shift.
  if (length > 1 && rest.starts_with("<") && !rest.starts_with("<<") && !rest.starts_with("<="))
    length = 1;
  return length;
}

// Where the parts of a readable name are.
struct parts {
  std::size_t name_begin = 0;
  std::size_t parameters = std::string_view::npos;  // of the '(' of the parameter list
};

class name_scanner {
 public:
  explicit name_scanner(std::string_view text) : text_(text) {}

  parts scan() {
    while (at_ < text_.size()) step();
    if (found_.parameters == std::string_view::npos) found_.name_begin = 0;
    return found_;
  }

 private:
  void step() {
    if (is_operator_word()) {
      skip_operator();
      return;
    }
    const char c = text_[at_];
    if (c == '(' && depth_ == 0) open_ = at_;
    if (c == '(' || c == '<' || c == '{' || c == '[') ++depth_;
    if (c == ')' || c == '>' || c == '}' || c == ']') {
      if (depth_ > 0) --depth_;
      if (c == ')' && depth_ == 0) close_group();
    }
    if (c == ' ' && depth_ == 0 && !in_operator_) end_return_type();
    ++at_;
  }

  // A space at the top at at_ ends a return type, unless it stands behind the parameters. A
  // "decltype(auto)" looks like parameters until a name follows.
  void end_return_type() {
    if (found_.parameters != std::string_view::npos) {
      const std::string_view rest = text_.substr(at_ + 1);
      for (std::string_view qualifier : {"const", "volatile", "&", "[", "noexcept"})
        if (rest.starts_with(qualifier)) return;
      found_.parameters = std::string_view::npos;
    }
    found_.name_begin = at_ + 1;
  }

  bool is_operator_word() const {
    constexpr std::string_view kWord = "operator";
    if (depth_ != 0 || !text_.substr(at_).starts_with(kWord)) return false;
    if (at_ > 0 && is_name_char(text_[at_ - 1])) return false;
    const std::size_t end = at_ + kWord.size();
    return end < text_.size() && !is_name_char(text_[end]);
  }

  void skip_operator() {
    at_ += std::string_view("operator").size();
    at_ += operator_symbol_length(text_.substr(at_));
    in_operator_ = true;  // "operator unsigned long": the spaces belong to the name
  }

  // A group of parentheses at the top has just been closed at at_.
  void close_group() {
    if (text_.substr(at_ + 1).starts_with("::")) {
      found_.parameters = std::string_view::npos;  // it was a scope: "(anonymous namespace)::"
      in_operator_ = false;
      return;
    }
    found_.parameters = open_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t open_ = 0;
  int depth_ = 0;
  bool in_operator_ = false;
  parts found_;
};

// "_ZZNK4vole5sched..." -> "4vole5sched...": what the outermost name begins with.
std::string_view outermost_part(std::string_view mangled) {
  if (!mangled.starts_with("_Z")) return {};
  mangled.remove_prefix(2);
  if (mangled.starts_with("GV") || mangled.starts_with("Th") || mangled.starts_with("Tv"))
    mangled = mangled.substr(std::min(mangled.find('N'), mangled.size()));
  while (mangled.starts_with("Z")) mangled.remove_prefix(1);
  if (!mangled.starts_with("N")) return mangled;
  mangled.remove_prefix(1);
  while (!mangled.empty() && std::string_view("KVrRO").find(mangled[0]) != std::string_view::npos)
    mangled.remove_prefix(1);
  return mangled;
}

// "_ZN4vole6detail7closureI..." -> {"vole", "detail", "closure"}, up to the first part that is no
// plain identifier; `has_arguments`: template arguments stand there.
std::vector<std::string_view> leading_scopes(std::string_view mangled, bool& has_arguments) {
  std::vector<std::string_view> scopes;
  std::string_view left = outermost_part(mangled);
  while (!left.empty() && left[0] >= '1' && left[0] <= '9') {
    std::size_t length = 0, digits = 0;
    for (; digits < left.size() && left[digits] >= '0' && left[digits] <= '9'; ++digits)
      length = length * 10 + static_cast<std::size_t>(left[digits] - '0');
    if (length > left.size() - digits) break;
    scopes.push_back(left.substr(digits, length));
    left.remove_prefix(digits + length);
  }
  has_arguments = left.starts_with("I");
  return scopes;
}

}  // namespace

std::string demangle(const char* linkage_name, const char* name) {
  std::string readable = demangle(linkage_name);
  if (!readable.starts_with("_Z")) return readable;
  bool has_arguments = false;
  const std::vector<std::string_view> scopes = leading_scopes(readable, has_arguments);
  if (scopes.empty()) return name != nullptr ? name : readable;
  std::string result;
  for (const std::string_view scope : scopes) {
    if (!result.empty()) result += "::";
    result += scope == "_GLOBAL__N_1" ? "(anonymous namespace)" : scope;
  }
  if (has_arguments) result += "<...>";
  if (name == nullptr) return result;
  // The last scope may be the function itself.
  const std::string_view own = name;
  const std::string_view base = own.substr(0, own.find('<'));
  return base == scopes.back() ? result : result + "::" + std::string(own);
}

std::string demangle(const char* name) {
  int status = 0;
  char* const readable = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  if (readable == nullptr) return name;
  std::string result = readable;
  std::free(readable);
  return result;
}

std::string_view name_without_parameters(std::string_view demangled) {
  const parts found = name_scanner(demangled).scan();
  if (found.parameters == std::string_view::npos) return demangled;
  const std::string_view name =
      demangled.substr(found.name_begin, found.parameters - found.name_begin);
  // "f[abi:cxx11]": a tag of the function's result type.
  return name.ends_with(']') ? name.substr(0, std::min(name.rfind("[abi:"), name.size())) : name;
}

bool is_own_function(std::string_view linkage_name) {
  return outermost_part(linkage_name).starts_with("4vole") || linkage_name.starts_with("vole_") ||
         linkage_name.starts_with("__vole_");
}

bool is_std_function(std::string_view linkage_name) {
  const std::string_view outermost = outermost_part(linkage_name);
  // nw, na, dl, da: operator new, new[], delete, delete[]; a plain function begins with a digit.
  for (std::string_view prefix :
       {"St", "Ss", "Sa", "9__gnu_cxx", "10__cxxabiv1", "nw", "na", "dl", "da"})
    if (outermost.starts_with(prefix)) return true;
  for (std::string_view prefix : {"__cxa_", "__gxx_", "_Unwind_", "__clang_call_terminate"})
    if (linkage_name.starts_with(prefix)) return true;
  return false;
}

bool is_start_function(std::string_view name) {
  for (const std::string_view start : {"_start", "start_thread", "clone", "__clone", "clone3",
                                       "__clone3", "execute_native_thread_routine"})
    if (name == start) return true;
  // __libc_start_main and its inner parts. Without debug information the C library's own start has
  // the name of its exported neighbour.
  return name.starts_with("__libc_start");
}

}  // namespace vole::symbol
