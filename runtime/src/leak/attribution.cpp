// SPDX-License-Identifier: Apache-2.0
// The open scopes, and the listener that hands them down from creator to goroutine.
#include "leak/attribution.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <vector>

#include "base/check.h"
#include "base/spin_lock.h"
#include "event/listener.h"

namespace vole::leak {
namespace {

class scope_table {
 public:
  // The new scope's id.
  scope_id open(scope_id outer) {
    base::spin_guard guard(lock_);
    if (open_.empty()) {  // nobody can ask about earlier scopes any more
      first_id_ += outer_of_.size();
      outer_of_.clear();
      outer = 0;
    }
    const scope_id id = first_id_ + outer_of_.size();
    outer_of_.push_back(outer);
    open_.push_back(id);
    choose_sole();
    return id;
  }

  void close(scope_id id) {
    base::spin_guard guard(lock_);
    const auto found = std::ranges::find(open_, id);
    VOLE_CHECK(found != open_.end(), "a leak scope is closed twice");
    open_.erase(found);
    choose_sole();
  }

  bool contains(scope_id outer, scope_id inner) {
    base::spin_guard guard(lock_);
    return is_inside(inner, outer);
  }

  scope_id sole() const {
    // relaxed: an id, no data behind it; a goroutine born while a scope opens may be either's
    return sole_.load(std::memory_order_relaxed);
  }

 private:
  scope_id outer_of(scope_id id) const VOLE_REQUIRES(lock_) {
    if (id < first_id_ || id - first_id_ >= outer_of_.size()) return 0;
    return outer_of_[id - first_id_];
  }

  bool is_inside(scope_id inner, scope_id outer) const VOLE_REQUIRES(lock_) {
    // An outer scope is older than those inside it, so its id is lower: the walk ends.
    while (inner > outer) inner = outer_of(inner);
    return inner == outer;
  }

  void choose_sole() VOLE_REQUIRES(lock_) {
    bool is_chain = !open_.empty();
    for (std::size_t i = 1; i < open_.size(); ++i)
      is_chain = is_chain && is_inside(open_[i], open_[i - 1]);
    // relaxed: see sole()
    sole_.store(is_chain ? open_.back() : 0, std::memory_order_relaxed);
  }

  base::spin_lock lock_{base::lock_rank::leaf};
  scope_id first_id_ VOLE_GUARDED_BY(lock_) = 1;           // the id of outer_of_[0]
  std::vector<scope_id> outer_of_ VOLE_GUARDED_BY(lock_);  // 8 bytes a scope, until none is open
  std::vector<scope_id> open_ VOLE_GUARDED_BY(lock_);      // in the order of opening
  std::atomic<scope_id> sole_{0};
};

scope_table& scopes() {
  static auto* const table = new scope_table;  // lives for ever: goroutines outlive static objects
  return *table;
}

// What the word of a goroutine says.
struct belonging {
  scope_id scope = 0;
  bool is_guess = false;
};

// What a thread that is not a goroutine yet will belong to once it is one.
thread_local scope_id scope_of_thread = 0;

belonging belonging_of(event::goroutine& who) {
  const std::atomic_ref<void*> word(who.data(event::listener_slot::leak));
  // relaxed: an id; the goroutine's creation orders it before everything that matters
  const auto bits = std::bit_cast<std::uint64_t>(word.load(std::memory_order_relaxed));
  return {bits >> 1, (bits & 1) != 0};
}

void set_belonging(event::goroutine& who, belonging to) {
  const std::atomic_ref<void*> word(who.data(event::listener_slot::leak));
  const std::uint64_t bits = to.scope << 1 | (to.is_guess ? 1 : 0);
  word.store(std::bit_cast<void*>(bits), std::memory_order_relaxed);  // relaxed: as above
}

belonging guess() {
  const scope_id sole = scopes().sole();
  return {sole, sole != 0};
}

constexpr event::listener inheritance{
    .goroutine_created =
        [](event::goroutine* child, std::uintptr_t /*pc*/) {
          event::goroutine* const parent = event::current();
          if (parent != nullptr)
            set_belonging(*child, belonging_of(*parent));
          else
            set_belonging(*child, scope_of_thread != 0 ? belonging{scope_of_thread} : guess());
        },
    .goroutine_adopted =
        [](event::goroutine* self) {
          set_belonging(*self, scope_of_thread != 0 ? belonging{scope_of_thread} : guess());
        },
};

}  // namespace

scope_id open_scope(scope_id& outer) {
  static const bool is_attached = (event::attach(inheritance), true);
  static_cast<void>(is_attached);
  event::goroutine* const self = event::current();
  outer = scope_of_thread;
  if (self != nullptr) {
    const belonging now = belonging_of(*self);
    outer = now.is_guess ? 0 : now.scope;
  }
  const scope_id id = scopes().open(outer);
  if (self != nullptr) set_belonging(*self, {id});
  if (self == nullptr) scope_of_thread = id;
  return id;
}

void close_scope(scope_id id, scope_id outer) {
  scopes().close(id);
  if (scope_of_thread == id) scope_of_thread = outer;
  event::goroutine* const self = event::current();
  if (self != nullptr && belonging_of(*self).scope == id) set_belonging(*self, {outer});
}

bool is_in_scope(event::goroutine& who, scope_id id) {
  return scopes().contains(id, belonging_of(who).scope);
}

}  // namespace vole::leak
