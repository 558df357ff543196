// SPDX-License-Identifier: Apache-2.0
// The list of all goroutine records and the free ones among them.
#include "sched/goroutine/registry.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "sched/core/scheduler.h"

namespace vole::sched {
namespace {

struct registry {
  base::spin_lock lock{base::lock_rank::registry};
  std::vector<g*> all VOLE_GUARDED_BY(lock);  // only grows: records live for ever
  g* free_records VOLE_GUARDED_BY(lock) = nullptr;
};

registry& the_registry() {
  static registry* const one = new registry;  // never destroyed: see scheduler.h
  return *one;
}

}  // namespace

g& new_g(bool is_main) {
  registry& r = the_registry();
  g* made = nullptr;
  {
    base::spin_guard guard(r.lock);
    made = r.free_records;
    if (made != nullptr) r.free_records = made->next;
  }
  if (made == nullptr) {
    made = new g;
    base::spin_guard guard(r.lock);
    r.all.push_back(made);
  }
  VOLE_ASSERT(state_of(*made) == g_state::dead);
  made->next = nullptr;
  // relaxed: only uniqueness matters
  made->id = is_main ? 1 : the_scheduler.last_id.fetch_add(1, std::memory_order_relaxed) + 1;
  return *made;
}

void retire_g(g& done) {
  const fiber::stack stack = done.stack;
  const bool is_counted = !done.is_system;
  change_state(done, g_state::running, g_state::dead);  // waits for a census that looks at it
  // A census refuses dead records, so that nobody reads what is reset here.
  done.parent_id = 0;
  done.creation_pc = 0;
  done.stack_low = done.stack_high = 0;
  done.is_system = done.is_adopted = false;
  std::memset(done.listener_data, 0, sizeof done.listener_data);
  done.suspended_sp = 0;
  done.eh = {};
  done.fake_stack = nullptr;
  done.stack = {};
  done.run = nullptr;
  done.closure = nullptr;
  done.thread_id = 0;
  done.locked_worker = nullptr;
  done.lock_count = 0;
  done.blocking_depth = 0;
  done.name_bytes = 0;
  if (stack) fiber::release_stack(stack);
  if (is_counted)  // release: whoever sees the lower count sees the goroutine gone
    the_scheduler.user_goroutines.fetch_sub(1, std::memory_order_release);
  registry& r = the_registry();
  base::spin_guard guard(r.lock);
  done.next = r.free_records;
  r.free_records = &done;
}

void set_name(g& who, std::string_view name) {
  const std::size_t bytes = std::min(name.size(), kNameBytesMax);
  std::memcpy(who.name_text, name.data(), bytes);
  who.name_text[bytes] = '\0';
  who.name_bytes = static_cast<std::uint8_t>(bytes);
}

std::vector<g_reference> living_goroutines() {
  std::vector<g_reference> living;
  registry& r = the_registry();
  {
    base::spin_guard guard(r.lock);
    living.reserve(r.all.size());
    for (g* record : r.all) {
      g_state seen = g_state::dead;
      const std::uint64_t id = record->id;
      if (state_of(*record) != g_state::dead && freeze_state(*record, id, seen)) {
        thaw_state(*record);
        living.push_back({id, record});
      }
    }
  }
  std::sort(living.begin(), living.end(),
            [](const g_reference& a, const g_reference& b) { return a.id < b.id; });
  return living;
}

}  // namespace vole::sched
