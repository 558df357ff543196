// SPDX-License-Identifier: Apache-2.0
// Symbols for stacks: what is shown of them, and what is hidden.
#include "leak/naming.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "event/traceback.h"

namespace vole::leak {
namespace {

bool shows_everything() { return event::wanted_traceback() >= event::traceback_level::system; }

bool is_own(const named_frame& frame) {
  return symbol::is_own_function(frame.source->linkage_name);
}

bool is_machinery(const named_frame& frame) {
  return is_own(frame) || symbol::is_std_function(frame.source->linkage_name);
}

// What stands below the outermost function of the user's: the goroutine's entry, std::invoke, a
// foreign thread's start.
bool is_below_user(const named_frame& frame) {
  return is_machinery(frame) || symbol::is_start_function(frame.source->name);
}

void append_frames(std::vector<named_frame>& frames, std::uintptr_t return_pc) {
  for (const symbol::source_frame& source : symbol::symbolize(return_pc - 1)) {
    named_frame frame{&source, 0};
    if (!source.is_inlined && source.entry != 0) frame.offset = return_pc - source.entry;
    frames.push_back(frame);
  }
}

}  // namespace

bool is_named(const symbol::source_frame& function, std::string_view name) {
  return function.name == name || function.function == name;
}

const std::vector<named_frame>& names::stack(const snapshot& seen, std::uint32_t index) {
  const auto [place, is_new] = stacks_.try_emplace(index);
  std::vector<named_frame>& frames = place->second;
  if (!is_new) return frames;
  for (const std::uintptr_t pc : seen.stacks.at(index)) append_frames(frames, pc);
  if (shows_everything()) return frames;
  auto last = frames.end();
  while (last != frames.begin() && is_below_user(*std::prev(last))) --last;
  auto first = std::find_if_not(frames.begin(), last, is_own);
  // std's functions between vole's and the user's: a lock_guard's constructor.
  if (first != frames.begin()) first = std::find_if_not(first, last, is_machinery);
  if (first != last) frames = std::vector<named_frame>(first, last);
  return frames;
}

const named_frame& names::caller(std::uintptr_t return_pc) {
  const auto [place, is_new] = callers_.try_emplace(return_pc);
  if (!is_new || return_pc == 0) return place->second;
  std::vector<named_frame> frames;
  append_frames(frames, return_pc);
  // vole::go is inlined into the user's function: the first frame that is not vole's is the user's.
  for (const named_frame& frame : frames) {
    if (is_own(frame)) continue;
    place->second = frame;
    break;
  }
  return place->second;
}

std::string hex(std::uintptr_t value) {
  char digits[2 * sizeof value];
  char* const end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
  return "0x" + std::string(digits, static_cast<std::size_t>(end - digits));
}

std::string global_name(const void* address) {
  const auto value = reinterpret_cast<std::uintptr_t>(address);
  const std::optional<symbol::data_symbol> found = symbol::symbolize_data(value);
  if (!found) return {};
  return found->address == value ? found->name : found->name + "+" + hex(value - found->address);
}

}  // namespace vole::leak
