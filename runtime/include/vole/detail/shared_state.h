// SPDX-License-Identifier: Apache-2.0
// Objects that several handles share, counted by the library: what one holder did with the object
// happens before its destruction by the last.
#pragma once

#include <cstdint>
#include <exception>
#include <utility>

namespace vole::detail {

class shared_state {
 public:
  shared_state() noexcept = default;
  virtual ~shared_state() = default;
  shared_state(const shared_state&) = delete;
  shared_state& operator=(const shared_state&) = delete;

 private:
  friend void retain(shared_state* state) noexcept;
  friend void release(shared_state* state) noexcept;
  friend void announce_use(shared_state* state) noexcept;
  std::uint32_t references_ = 1;
};

void retain(shared_state* state) noexcept;
void release(shared_state* state) noexcept;  // the last one deletes it

// The caller has read it without a reference, under a lock that its last holder takes.
void announce_use(shared_state* state) noexcept;

// One reference to a State, or none.
template <class State>
class shared_handle {
 public:
  shared_handle() = default;
  explicit shared_handle(State* owned) noexcept : state_(owned) {}
  shared_handle(const shared_handle& other) noexcept : state_(other.state_) {
    if (state_ != nullptr) retain(state_);
  }
  shared_handle(shared_handle&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  shared_handle& operator=(shared_handle other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~shared_handle() {
    if (state_ != nullptr) release(state_);
  }
  State* operator->() const noexcept { return state_; }
  State& operator*() const noexcept { return *state_; }
  State* get() const noexcept { return state_; }
  explicit operator bool() const noexcept { return state_ != nullptr; }

 private:
  State* state_ = nullptr;
};

// In a catch (...) block: the exception, to be kept for others; or null when goexit() unwinds,
// which must be let through with `throw;`.
std::exception_ptr captured_failure() noexcept;

}  // namespace vole::detail
