// SPDX-License-Identifier: Apache-2.0
// The parts of the short way onto record that are needed seldom.
#include "race/first_access.h"

#include "race/notes/sync_notes.h"
#include "race/tsan_abi/call_stack.h"

namespace vole::race {

chunk* mark_page(std::uintptr_t address) {
  chunk* where = make_chunk(address);
  if (where == nullptr) return nullptr;
  const std::uintptr_t page = address >> kPageBits;
  std::uintptr_t& marked = this_thread.marked[page % thread_state::kPagesKnown];
  if (marked != page) {
    mark_touched(*where, address);
    marked = page;
  }
  return where;
}

plane_word look_up_id(context& self, thread_state& thread, call_site site) {
  const stack_id stack =
      add_locks(self, record_stack(site, self.stack_low, self.stack_high, thread.walks));
  const plane_word id = current_id(self, stack);
  // What frame pointers alone do not tell can't be recognised by them.
  if (self.calls != nullptr && self.calls->has_frameless()) return id;
  if (walk_cache::place* place = find_place(site, self.stack_high, thread.walks)) {
    place->id = id;
    place->base = self.ids.base;
    place->generation = self.place_generation;
    place->moment = self.now.word;
  }
  return id;
}

}  // namespace vole::race
