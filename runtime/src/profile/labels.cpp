// SPDX-License-Identifier: Apache-2.0
// Who owns a label set, and how goroutines inherit them.
#include "profile/labels.h"

#include <vole/pprof.h>

#include <algorithm>

#include "base/spin_lock.h"
#include "event/listener.h"
#include "profile/go_text.h"

namespace vole::profile {
namespace {

constinit base::spin_lock deferral_lock{base::lock_rank::leaf};
constinit std::atomic<bool> is_deferring{false};
label_set* deferred VOLE_GUARDED_BY(deferral_lock) = nullptr;

// The labels of a thread that is no goroutine. initial-exec: a handler reads it.
[[gnu::tls_model("initial-exec")]] thread_local std::atomic<label_set*> thread_labels{nullptr};

std::atomic_ref<void*> word_of(event::goroutine& who) noexcept {
  return std::atomic_ref<void*>(who.data(event::listener_slot::profile));
}

// Where the calling thread's labels are kept now. The goroutine's if there is one.
std::atomic<label_set*>& current_place() {
  event::goroutine* const self = event::current();
  return self != nullptr ? make_data_of(*self).labels : thread_labels;
}

label_set* current_set() noexcept {
  event::goroutine* const self = event::current();
  if (self == nullptr) return thread_labels.load(std::memory_order_relaxed);  // relaxed: own thread
  goroutine_data* const data = data_of(*self);
  // relaxed: written by this goroutine
  return data == nullptr ? nullptr : data->labels.load(std::memory_order_relaxed);
}

// A child's data is made here, while nobody else can see the child.
void inherit(event::goroutine* child, label_set* from) {
  if (from == nullptr) return;
  from->retain();
  auto* const data = new goroutine_data;
  data->labels.store(from, std::memory_order_relaxed);     // relaxed: not shared yet
  word_of(*child).store(data, std::memory_order_relaxed);  // relaxed: the go statement publishes it
}

constexpr event::listener inheritance{
    .goroutine_created = [](event::goroutine* child,
                            std::uintptr_t /*pc*/) { inherit(child, current_set()); },
    .goroutine_adopted =
        [](event::goroutine* self) {
          inherit(self, thread_labels.load(std::memory_order_relaxed));  // relaxed: own thread
        },
    .goroutine_finished =
        [](event::goroutine* self) {
          void* const word = word_of(*self).exchange(nullptr, std::memory_order_relaxed);
          // relaxed: the last event of the goroutine; nobody else follows the word now
          auto* const data = static_cast<goroutine_data*>(word);
          if (data == nullptr) return;
          label_set* const labels = data->labels.load(std::memory_order_relaxed);  // relaxed: same
          if (labels != nullptr) labels->release();
          delete data;
        },
};

void attach_once() {
  static const bool is_attached = (event::attach(inheritance), true);
  static_cast<void>(is_attached);
}

// The thread became a goroutine inside of the scope: then `inner` stands in the thread's word, too.
void forget_thread_labels(const std::atomic<label_set*>& place, label_set* inner,
                          label_set* outer) noexcept {
  if (&place == &thread_labels) return;
  label_set* expected = inner;
  // relaxed: the thread's own word
  if (!thread_labels.compare_exchange_strong(expected, outer, std::memory_order_relaxed)) return;
  if (outer != nullptr) outer->retain();
  inner->release();
}

label_entries merged(const label_set* outer, pprof::label_list added) {
  label_entries entries;
  if (outer != nullptr) entries = outer->entries();
  for (const auto& [key, value] : added) {
    const auto place =
        std::lower_bound(entries.begin(), entries.end(), key,
                         [](const auto& e, std::string_view k) { return e.first < k; });
    if (place != entries.end() && place->first == key) {
      place->second = value;
    } else {
      entries.emplace(place, key, value);
    }
  }
  return entries;
}

}  // namespace

void label_set::retain() noexcept {
  owners_.fetch_add(1, std::memory_order_relaxed);  // relaxed: the caller has a share already
}

void label_set::release() noexcept {
  // acq_rel: the last owner sees what the others did before they let go
  if (owners_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // seq_cst: against the store in begin_deferral(); a handler of this thread that kept the pointer
  // ran while deferral was on, which this thread then knows
  if (!is_deferring.load(std::memory_order_seq_cst)) {
    delete this;
    return;
  }
  base::spin_guard guard(deferral_lock);
  next_deferred = deferred;
  deferred = this;
}

void begin_deferral() {
  is_deferring.store(true, std::memory_order_seq_cst);  // seq_cst: see release()
}

void end_deferral() {
  is_deferring.store(false, std::memory_order_seq_cst);  // seq_cst: see release()
  free_deferred(take_deferred());
}

label_set* take_deferred() noexcept {
  base::spin_guard guard(deferral_lock);
  return std::exchange(deferred, nullptr);
}

void free_deferred(label_set* list) noexcept {
  while (list != nullptr) delete std::exchange(list, list->next_deferred);
}

goroutine_data* data_of(event::goroutine& who) noexcept {
  // relaxed: the goroutine is frozen (the census orders that) or the caller itself
  return static_cast<goroutine_data*>(word_of(who).load(std::memory_order_relaxed));
}

goroutine_data& make_data_of(event::goroutine& self) {
  attach_once();
  goroutine_data* data = data_of(self);
  if (data == nullptr) {
    data = new goroutine_data;
    // release: a handler of this thread, which is all that may look meanwhile, sees it whole
    word_of(self).store(data, std::memory_order_release);
  }
  return *data;
}

label_reference labels_of(event::goroutine& who) {
  goroutine_data* const data = data_of(who);
  // acquire: pairs with the release in label_scope; sees the entries
  return label_reference(data == nullptr ? nullptr : data->labels.load(std::memory_order_acquire));
}

label_set* current_labels_in_handler() noexcept { return current_set(); }

std::string quoted_text(const label_entries& labels) {
  std::string text = "{";
  for (const auto& [key, value] : labels) {
    if (text.size() > 1) text += ", ";
    text += go_quoted(key) + ':' + go_quoted(value);
  }
  return text + '}';
}

std::string traceback_text(const label_entries& labels) {
  std::string text = "{";
  for (const auto& [key, value] : labels) {
    if (text.size() > 1) text += ", ";
    text += go_quoted_if_needed(key) + ": " + go_quoted_if_needed(value);
  }
  return text + '}';
}

}  // namespace vole::profile

namespace vole::pprof::detail {

namespace room = ::vole::profile;  // `profile` is a class in here
using room::label_set;

label_scope::label_scope(label_list labels) {
  room::attach_once();
  std::atomic<label_set*>& place = room::current_place();
  label_set* const outer = place.load(std::memory_order_relaxed);  // relaxed: written by us only
  auto* const inner = new label_set(room::merged(outer, labels));
  place.store(inner, std::memory_order_release);  // release: pairs with labels_of()
  outer_ = outer;
}

label_scope::~label_scope() {
  auto* const outer = static_cast<label_set*>(const_cast<void*>(outer_));
  std::atomic<label_set*>& place = room::current_place();
  // acq_rel: gives the outer set back; nobody but this goroutine writes the place
  label_set* const inner = place.exchange(outer, std::memory_order_acq_rel);
  if (inner == nullptr) return;
  room::forget_thread_labels(place, inner, outer);
  inner->release();
}

}  // namespace vole::pprof::detail
