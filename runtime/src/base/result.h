// SPDX-License-Identifier: Apache-2.0
// result<T>: a value, or the sentence that says which step failed on which input. For the outside
// world (files, ELF, options); misuse throws and broken invariants abort instead.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace vole::base {

struct error {
  std::string text;  // "profile.pb.gz: offset 12: varint longer than 10 bytes": what, where, what
                     // was expected
};

template <class T>
class [[nodiscard]] result {
 public:
  result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: meant to be implicit
  result(error failure)
      : state_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT: meant to be implicit

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const std::string& error_text() const { return std::get<1>(state_).text; }
  // The failure, with the step that needed the value put before it.
  error failure(const std::string& step = {}) const {
    return error{step.empty() ? error_text() : step + ": " + error_text()};
  }

 private:
  std::variant<T, error> state_;
};

}  // namespace vole::base
