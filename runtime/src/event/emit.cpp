// SPDX-License-Identifier: Apache-2.0
// The listener table and the out-of-line half of every announcement.
#include "event/emit.h"

#include "base/check.h"
#include "base/spin_lock.h"

namespace vole::event {

constinit std::atomic<std::uint64_t> listened_mask{0};

extern "C" {
// Read by <vole/detail/quick_path.h>, in assembler: what is left out there matters.
[[gnu::used]] constinit std::atomic<std::uint8_t> vole_quick_paths_closed{0};
}
static_assert(sizeof vole_quick_paths_closed == 1);

namespace {
constexpr std::uint64_t kLeftOut =
    bits_of(kind::lock_acquired, kind::lock_released, kind::group_done, kind::group_waited,
            kind::operation_begun);

constinit bool is_closed_for_good = false;  // under table_lock
constinit base::spin_lock table_lock{base::lock_rank::listener};
// Read without the lock by dispatch: an entry is a constant for ever or null.
constinit std::atomic<const listener*> table[kListenersMax] = {};

void recompute_mask() {
  std::uint64_t mask = 0;
  for (const auto& entry : table) {
    const listener* who = entry.load(std::memory_order_relaxed);  // relaxed: under table_lock
    if (who == nullptr) continue;
#define VOLE_EVENT(name, parameters, arguments) \
  if (who->name != nullptr) mask |= std::uint64_t{1} << static_cast<unsigned>(kind::name);
#include "event/event.def"
#undef VOLE_EVENT
  }
  // release: pairs with nothing that needs it; see is_listened
  listened_mask.store(mask, std::memory_order_release);
  // release: likewise
  vole_quick_paths_closed.store(is_closed_for_good || (mask & kLeftOut) != 0,
                                std::memory_order_release);
}
}  // namespace

void close_quick_paths() noexcept {
  base::spin_guard guard(table_lock);
  is_closed_for_good = true;
  recompute_mask();
}

void attach(const listener& who) {
  base::spin_guard guard(table_lock);
  for (const auto& entry : table)
    VOLE_CHECK(entry.load(std::memory_order_relaxed) != &who,
               "a listener is attached twice");  // relaxed: lock held
  for (auto& entry : table) {
    if (entry.load(std::memory_order_relaxed) != nullptr) continue;  // relaxed: lock held
    entry.store(&who, std::memory_order_release);  // release: pairs with the acquire in dispatch;
                                                   // sees the handlers
    recompute_mask();
    return;
  }
  VOLE_CHECK(false, "more listeners than kListenersMax");
}

void detach(const listener& who) {
  base::spin_guard guard(table_lock);
  for (auto& entry : table) {
    if (entry.load(std::memory_order_relaxed) != &who) continue;  // relaxed: lock held
    entry.store(nullptr, std::memory_order_release);  // release: symmetrical with attach
    recompute_mask();
  }
}

namespace dispatch {
#define VOLE_EVENT(name, parameters, arguments)                                     \
  void name parameters {                                                            \
    for (const auto& entry : table) {                                               \
      const listener* who =                                                         \
          entry.load(std::memory_order_acquire); /* acquire: pairs with attach() */ \
      if (who != nullptr && who->name != nullptr) who->name arguments;              \
    }                                                                               \
  }
#include "event/event.def"
#undef VOLE_EVENT
}  // namespace dispatch

}  // namespace vole::event
