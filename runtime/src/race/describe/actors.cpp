// SPDX-License-Identifier: Apache-2.0
// The goroutines of a report, and the names of all.
#include "race/describe/actors.h"

#include <algorithm>
#include <cstring>

#include "base/spin_lock.h"
#include "event/wait_reason.h"
#include "race/describe/frames.h"
#include "race/shadow/arena.h"

namespace vole::race {
namespace {

struct name_entry {
  char* text;  // null: empty slot
  std::uint32_t size_bytes;
};
static_assert((kNamesMax & (kNamesMax - 1)) == 0);

struct name_table {
  base::spin_lock lock{base::lock_rank::leaf};
  // Twice as many slots as names; a name's number is its slot's plus 1. Written once each.
  name_entry* slots = nullptr;
  std::size_t used VOLE_GUARDED_BY(lock) = 0;
};
constinit name_table names;

std::size_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::string state_text(const event::goroutine_view& view) {
  if (view.state == event::goroutine_state::waiting) {
    const std::string_view reason = event::text(view.reason);
    if (!reason.empty()) return std::string(reason);
  }
  return std::string(event::text(view.state));
}

struct census_request {
  std::vector<std::uint64_t> wanted;  // sorted
  std::vector<live_goroutines::entry> found;
};

// Kept short: the goroutine stands still meanwhile.
void visit(void* argument, const event::goroutine_view& view) {
  auto& request = *static_cast<census_request*>(argument);
  if (!std::binary_search(request.wanted.begin(), request.wanted.end(), view.self->id)) return;
  request.found.push_back(
      {view.self->id, state_text(view), std::string(view.name), view.has_context, view.context});
}

bool is_main(const actor& who) { return who.is_main || who.goroutine_id == 1; }

}  // namespace

std::uint32_t intern_name(std::string_view name) {
  if (name.empty()) return 0;
  constexpr std::size_t kSlots = kNamesMax * 2;
  base::spin_guard guard(names.lock);
  if (names.slots == nullptr)
    names.slots = static_cast<name_entry*>(reserve_address_space(kSlots * sizeof(name_entry)));
  for (std::size_t at = hash_of(name) % kSlots;; at = (at + 1) % kSlots) {
    name_entry& slot = names.slots[at];
    if (slot.text == nullptr) {
      if (names.used == kNamesMax) return 0;
      ++names.used;
      slot.text = static_cast<char*>(arena_allocate(name.size()));
      slot.size_bytes = static_cast<std::uint32_t>(name.size());
      std::memcpy(slot.text, name.data(), name.size());
    }
    if (std::string_view(slot.text, slot.size_bytes) == name)
      return static_cast<std::uint32_t>(at + 1);
  }
}

std::string_view name_at(std::uint32_t number) {
  if (number == 0) return {};
  const name_entry& found = names.slots[number - 1];
  return {found.text, found.size_bytes};
}

live_goroutines live_goroutines::find(const std::vector<std::uint32_t>& actors) {
  census_request request;
  for (std::uint32_t index : actors) {
    for (std::size_t depth = 0; index != 0 && depth <= kCreatorsMax; ++depth) {
      const actor& who = actor_at(index);
      if (who.goroutine_id != 0) request.wanted.push_back(who.goroutine_id);
      index = who.parent;
    }
  }
  std::sort(request.wanted.begin(), request.wanted.end());
  if (!request.wanted.empty()) event::for_each_goroutine(&visit, &request, true);
  live_goroutines living;
  living.entries_ = std::move(request.found);
  return living;
}

const live_goroutines::entry* live_goroutines::at(std::uint64_t goroutine_id) const {
  for (const entry& each : entries_) {
    if (each.id == goroutine_id) return &each;
  }
  return nullptr;
}

std::uint64_t actor_list::add(std::uint32_t index) {
  const auto found = std::find(indices_.begin(), indices_.end(), index);
  if (found != indices_.end()) return static_cast<std::uint64_t>(found - indices_.begin());
  const actor& who = actor_at(index);
  format::race_actor shown;
  shown.goroutine = who.goroutine_id;
  shown.thread = who.thread_number;
  shown.is_main = is_main(who);
  shown.name = name_at(who.name);
  shown.state = who.is_finished ? "finished" : "running";
  if (const live_goroutines::entry* live = living_.at(who.goroutine_id);
      live != nullptr && who.goroutine_id != 0 && !who.is_finished) {
    shown.state = live->state;
    if (shown.name.empty()) shown.name = live->name;
  }
  shown.created_at = shown_from_caller(who.creation_stack);
  indices_.push_back(index);
  shown_.push_back(std::move(shown));
  return shown_.size() - 1;
}

void actor_list::add_creators() {
  const std::size_t count = indices_.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t at = i;
    for (std::size_t depth = 0; depth < kCreatorsMax && !shown_[at].is_main; ++depth) {
      const std::uint32_t parent = actor_at(indices_[at]).parent;
      if (parent == 0) break;
      const std::uint64_t creator = add(parent);
      shown_[at].creator = static_cast<std::int64_t>(creator);
      at = creator;
    }
  }
}

std::string actor_list::name_of(std::uint32_t index) {
  return format::race_actor_name(shown_[add(index)]);
}

}  // namespace vole::race
