// SPDX-License-Identifier: Apache-2.0
// Globals by the symbol tables and debug information, heap blocks by the notes of malloc, stack
// memory by the frame pointers of whoever owns it.
#include "race/describe/location.h"

#include <algorithm>

#include "race/describe/frames.h"
#include "race/shadow/shadow_map.h"
#include "symbol/symbolizer.h"

namespace vole::race {
namespace {

// The function in whose frame `address` lies, going out from the frame at `frame`, which is not
// looked at itself. Code with frame pointers only: all that the detector sees into has them.
std::string function_of_frame(std::uintptr_t address, std::uintptr_t frame, const actor& owner) {
  const std::uintptr_t high = owner.stack_high - 2 * sizeof(std::uintptr_t);
  while (frame >= owner.stack_low && frame <= high && frame % sizeof(std::uintptr_t) == 0) {
    const auto* words = reinterpret_cast<const std::uintptr_t*>(frame);
    const std::uintptr_t outer = words[0], pc = words[1];
    if (outer <= frame || outer > high) return "";
    if (address > frame && address < outer) {
      const auto& found = symbol::symbolize(pc - 1);
      return found.empty() ? "" : found.back().name;
    }
    frame = outer;
  }
  return "";
}

bool describe_global(std::uintptr_t address, format::race_location& to) {
  const auto variable = symbol::symbolize_data(address);
  if (!variable) return false;
  to.kind = "global";
  to.name = variable->name;
  to.address = variable->address;
  to.size = variable->size;
  to.offset = address - variable->address;
  const symbol::variable_type type = symbol::type_of_data(address);
  to.type = type.name;
  to.name += type.member;
  to.file = type.file;
  to.line = type.line;
  return true;
}

bool describe_block(std::uintptr_t address, format::race_location& to, actor_list& actors) {
  std::uintptr_t begin = 0;
  block_note note;
  if (!find_block(address, begin, note)) return false;
  to.kind = "heap";
  to.address = begin;
  to.size = note.size_bytes;
  to.offset = address - begin;
  if (note.owner != 0) to.actor = static_cast<std::int64_t>(actors.add(note.owner));
  to.allocated_at = shown_from_caller(note.stack);
  if (!to.allocated_at.empty()) return true;
  std::vector<named_frame> frames = frames_of(note.stack);
  trim(frames);
  to.allocated_at = shown(frames);
  return true;
}

}  // namespace

std::string variable_at(std::uintptr_t address) {
  const auto variable = symbol::symbolize_data(address);
  return variable ? variable->name + symbol::type_of_data(address).member : "";
}

format::race_location describe_location(std::uintptr_t address, std::uint32_t self,
                                        std::uintptr_t own_frame, actor_list& actors,
                                        const live_goroutines& living) {
  format::race_location location;
  if (describe_global(address, location)) return location;
  if (const std::uint32_t owner = find_stack_owner(address)) {
    location.kind = "stack";
    location.address = address;
    location.actor = static_cast<std::int64_t>(actors.add(owner));
    const actor& who = actor_at(owner);
    if (owner == self) {
      location.function = function_of_frame(address, own_frame, who);
    } else if (const auto* live = living.at(who.goroutine_id);
               live != nullptr && live->has_context && who.goroutine_id != 0) {
      location.function = function_of_frame(address, live->context.fp, who);
    }
    return location;
  }
  describe_block(address, location, actors);
  return location;
}

}  // namespace vole::race
