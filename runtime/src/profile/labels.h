// SPDX-License-Identifier: Apache-2.0
// Labels of goroutines: immutable sorted sets, shared by reference count.
//
// A goroutine's word `listener_slot::profile` points to its goroutine_data, made at its first label
// or its first contended wait; a thread that is no goroutine has a word of its own. A signal
// handler may read the labels of the thread that it interrupted (current_labels_in_handler) and
// keep the bare pointer: while a CPU profile runs, sets whose count falls to 0 are kept until it
// ends.
//
// Once labels have been used, two listeners stay attached for ever: goroutine_created lets a child
// inherit its creator's, goroutine_finished drops them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/goroutine.h"
#include "event/wait_reason.h"

namespace vole::profile {

using label_entries = std::vector<std::pair<std::string, std::string>>;

class label_set {
 public:
  explicit label_set(label_entries entries) : entries_(std::move(entries)) {}
  const label_entries& entries() const { return entries_; }  // by rising key, no key twice

  void retain() noexcept;
  void release() noexcept;  // the last one frees it, or puts it aside (take_deferred)

  label_set* next_deferred = nullptr;  // labels.cpp's own

 private:
  label_entries entries_;
  std::atomic<std::uint32_t> owners_{1};
};

// An owning pointer to a set, or none.
class label_reference {
 public:
  label_reference() = default;
  // Shares `set`, which must be alive; null is none.
  explicit label_reference(label_set* set) noexcept : set_(set) {
    if (set_ != nullptr) set_->retain();
  }
  label_reference(const label_reference& other) noexcept : label_reference(other.set_) {}
  label_reference(label_reference&& other) noexcept : set_(std::exchange(other.set_, nullptr)) {}
  label_reference& operator=(label_reference other) noexcept {
    std::swap(set_, other.set_);
    return *this;
  }
  ~label_reference() {
    if (set_ != nullptr) set_->release();
  }
  const label_set* get() const { return set_; }

 private:
  label_set* set_ = nullptr;
};

constexpr std::size_t kContendedFramesMax = 64;

// What the profile room keeps about one goroutine.
struct goroutine_data {
  std::atomic<label_set*> labels{nullptr};  // owned; written by the goroutine itself

  // The wait that it is in, for block and mutex profiles: written before it can be woken, read by
  // whoever wakes it.
  std::int64_t parked_at_ns = 0;  // 0: in none
  event::wait_reason reason = event::wait_reason::none;
  std::size_t depth = 0;
  std::uintptr_t pcs[kContendedFramesMax] = {};
};

// The data of a goroutine that is frozen, or that is the current one; null: none yet.
goroutine_data* data_of(event::goroutine& who) noexcept;
// The same, made if needed. For the current goroutine only. Allocates.
goroutine_data& make_data_of(event::goroutine& self);

// Of a goroutine that is frozen or current.
label_reference labels_of(event::goroutine& who);

// The set of the interrupted code, not shared: see above. Async-signal-safe.
label_set* current_labels_in_handler() noexcept;

// Between these two, sets whose count falls to 0 are put aside instead of freed: samples that wait
// in the ring hold bare pointers. end_deferral() frees the rest.
void begin_deferral();
void end_deferral();
// What has been put aside so far, as a list; to be freed once no sample that was there can be.
label_set* take_deferred() noexcept;
void free_deferred(label_set* list) noexcept;

// `{"k":"v", "x":"y"}` as Go writes labels in a debug=1 profile.
std::string quoted_text(const label_entries& labels);
// `{k: v, x: "y z"}` as Go writes them in tracebacks.
std::string traceback_text(const label_entries& labels);

}  // namespace vole::profile
