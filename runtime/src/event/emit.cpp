// SPDX-License-Identifier: Apache-2.0
// The listener table and the out-of-line half of every announcement.
#include "event/emit.h"

#include "base/check.h"
#include "base/spin_lock.h"

namespace vole::event {

constinit std::atomic<std::uint64_t> listened_mask{0};

namespace {
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
  listened_mask.store(
      mask,
      std::memory_order_release);  // release: pairs with nothing that needs it; see is_listened
}
}  // namespace

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
