// SPDX-License-Identifier: Apache-2.0
// Putting a report into words.
#include "race/report/build_report.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "race/context.h"
#include "race/report/dedupe.h"
#include "race/report/options.h"
#include "race/shadow/shadow_map.h"
#include "symbol/symbolizer.h"

namespace vole::race {
namespace {

constexpr std::size_t kCreatorsMax = 8;  // of the chain goroutine, its creator, its creator's ...

struct named_frame {
  std::string function;
  std::string file;
  int line = 0;
  std::uintptr_t offset = 0;
  bool is_own = false, is_std = false, is_unknown = false;
};

std::string hex(std::uint64_t value, std::size_t digits_min = 1) {
  char buffer[16];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, 16).ptr;
  std::string text(buffer, end);
  if (text.size() < digits_min) text.insert(0, digits_min - text.size(), '0');
  return text;
}

std::vector<named_frame> frames_of(stack_id stack) {
  std::uintptr_t pcs[kStackFramesMax];
  const std::size_t count = load_stack(stack, pcs, kStackFramesMax);
  std::vector<named_frame> frames;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& found = symbol::symbolize(pcs[i] - 1);
    if (found.empty()) {
      named_frame frame;
      frame.function = "0x" + hex(pcs[i]);
      frame.is_unknown = true;
      frames.push_back(std::move(frame));
    }
    for (const symbol::source_frame& source : found) {
      named_frame frame{source.name, source.file, source.line, 0, false, false, false};
      if (found.back().entry != 0) frame.offset = pcs[i] - found.back().entry;
      frame.is_own = symbol::is_own_function(source.linkage_name);
      frame.is_std = symbol::is_std_function(source.linkage_name);
      frames.push_back(std::move(frame));
    }
  }
  return frames;
}

// The C library's part of a thread's life.
bool is_below_threads(const std::string& function) {
  constexpr std::string_view kNames[] = {
      "start_thread", "clone", "clone3", "_start", "__libc_start_call_main", "__libc_start_main"};
  return std::find(std::begin(kNames), std::end(kNames), function) != std::end(kNames);
}

// Takes away what the reader did not write: the detector's and the runtime's frames at either end,
// whatever called main, and the library's machinery under a thread's function.
void trim(std::vector<named_frame>& frames) {
  const auto main_frame = std::find_if(frames.begin(), frames.end(), [](const named_frame& frame) {
    return frame.function == "main";
  });
  if (main_frame != frames.end()) frames.erase(main_frame + 1, frames.end());
  const std::vector<named_frame> whole = frames;
  while (!frames.empty() &&
         (frames.back().is_own || frames.back().is_std || frames.back().is_unknown ||
          frames.back().file.empty() || is_below_threads(frames.back().function))) {
    frames.pop_back();
  }
  const auto first = std::find_if_not(frames.begin(), frames.end(),
                                      [](const named_frame& frame) { return frame.is_own; });
  frames.erase(frames.begin(), first);
  if (frames.empty()) frames = whole;
}

void append_stack(std::string& text, const std::vector<named_frame>& frames) {
  const std::string_view prefix = options().strip_path_prefix.value;
  if (frames.empty()) text += "  [no stack was recorded]\n";
  for (const named_frame& frame : frames) {
    text += "  " + frame.function + (frame.is_unknown ? "\n" : "()\n");
    std::string_view file = frame.file;
    if (!prefix.empty() && file.starts_with(prefix)) file.remove_prefix(prefix.size());
    text += "      ";
    if (file.empty()) {
      text += "??";
    } else {
      text += std::string(file) + ":" + std::to_string(frame.line);
    }
    text += " +0x" + hex(frame.offset) + "\n";
  }
}

bool is_main(const actor& who) { return who.is_main || who.goroutine_id == 1; }

std::string name_of(const actor& who) {
  if (is_main(who)) return "main goroutine";
  if (who.goroutine_id != 0) return "goroutine " + std::to_string(who.goroutine_id);
  return "thread " + std::to_string(who.thread_number);
}

std::string_view verb_of(access_kind kind, bool is_previous) {
  switch (kind) {
    case access_kind::atomic_read:
      return is_previous ? "Previous atomic read" : "Atomic read";
    case access_kind::read:
      return is_previous ? "Previous read" : "Read";
    case access_kind::atomic_write:
      return is_previous ? "Previous atomic write" : "Atomic write";
    case access_kind::write:
      return is_previous ? "Previous write" : "Write";
  }
  return "";
}

void append_access(std::string& text, const access_facts& facts, bool is_previous,
                   const std::vector<named_frame>& frames) {
  text += std::string(verb_of(facts.kind, is_previous)) + " at 0x" + hex(facts.address, 12) +
          " by " + name_of(actor_at(facts.actor_index)) + ":\n";
  append_stack(text, frames);
  text += "\n";
}

// `Goroutine 6 (running) created at:`, then the same for its creator, up to main.
void append_creation(std::string& text, std::uint32_t index, std::vector<std::uint32_t>& said) {
  for (std::size_t depth = 0; index != 0 && depth < kCreatorsMax; ++depth) {
    const actor& who = actor_at(index);
    if (is_main(who) || who.creation_stack == 0) return;
    if (std::find(said.begin(), said.end(), index) != said.end()) return;
    said.push_back(index);
    std::string name = name_of(who);
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
    text += name + (who.is_finished ? " (finished)" : " (running)") + " created at:\n";
    std::vector<named_frame> frames = frames_of(who.creation_stack);
    trim(frames);
    append_stack(text, frames);
    text += "\n";
    index = who.parent;
  }
}

std::string bytes(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

// What the memory is. `place`: its name, if it has one.
std::string describe_location(const race_facts& facts, std::string& place) {
  const std::uintptr_t address = facts.before.address;
  if (const auto variable = symbol::symbolize_data(address)) {
    place = variable->name;
    return "Location is global variable '" + variable->name + "' of " + bytes(variable->size) +
           " at 0x" + hex(variable->address, 12) + ", offset " +
           std::to_string(address - variable->address) + "\n";
  }
  if (const std::uint32_t owner = find_stack_owner(address)) {
    return "Location is the stack of " + name_of(actor_at(owner)) + "\n";
  }
  std::uintptr_t begin = 0;
  block_note note;
  if (!find_block(address, begin, note)) return "";
  std::string text = "Location is a heap block of " + bytes(note.size_bytes) + " at 0x" +
                     hex(begin, 12) + ", offset " + std::to_string(address - begin);
  if (note.owner != 0) text += ", allocated by " + name_of(actor_at(note.owner));
  std::vector<named_frame> frames = frames_of(note.stack);
  if (frames.empty()) return text + "\n";
  trim(frames);
  text += " at:\n";
  append_stack(text, frames);
  return text;
}

void collect_names(const std::vector<named_frame>& frames, std::vector<std::string>& functions,
                   std::vector<std::string>& functions_and_files) {
  for (const named_frame& frame : frames) {
    functions.push_back(frame.function);
    functions_and_files.push_back(frame.function);
    if (!frame.file.empty()) functions_and_files.push_back(frame.file);
  }
}

// Whether the first caller of free() that is no allocation function is code we see into: it lies in
// the program or in a library that calls the detector, and is not the runtime's own. A template of
// the runtime's into which user code was inlined is the user's.
bool is_freed_by_seen_code(stack_id stack) {
  std::uintptr_t pc = 0;
  if (load_stack(stack, &pc, 1) == 0) return false;
  Dl_info where{}, self{};
  if (dladdr(reinterpret_cast<void*>(pc), &where) == 0) return false;
  if (dladdr(reinterpret_cast<void*>(&build_report), &self) == 0) return false;
  if (where.dli_fbase != self.dli_fbase) return false;
  const auto& frames = symbol::symbolize(pc - 1);
  if (frames.empty()) return false;
  if (!symbol::is_own_function(frames.back().linkage_name)) return true;
  return std::any_of(frames.begin(), frames.end(), [](const auto& frame) {
    return !symbol::is_own_function(frame.linkage_name) &&
           !symbol::is_std_function(frame.linkage_name);
  });
}

}  // namespace

built_report build_report(const race_facts& facts) {
  built_report report;
  report.is_freed_unseen = facts.is_end_of_life && !is_freed_by_seen_code(facts.now.stack);
  if (report.is_freed_unseen) return report;

  std::vector<named_frame> now = frames_of(facts.now.stack);
  std::vector<named_frame> before = frames_of(facts.before.stack);
  trim(now);
  trim(before);
  std::vector<std::string> now_names, before_names;
  collect_names(now, now_names, report.functions_and_files);
  collect_names(before, before_names, report.functions_and_files);
  std::string place;
  const std::string location = describe_location(facts, place);
  report.id = race_id(now_names, before_names, place);

  std::string& text = report.text;
  text = "==================\nWARNING: DATA RACE\n";
  append_access(text, facts.now, false, now);
  append_access(text, facts.before, true, before);
  std::vector<std::uint32_t> said;
  append_creation(text, facts.now.actor_index, said);
  append_creation(text, facts.before.actor_index, said);
  if (!location.empty()) text += location + "\n";
  text += "Accesses of " + bytes(facts.now.size) + " and " + bytes(facts.before.size) +
          "; race id " + hex(report.id, 16) + "\n";
  text += "==================\n";
  return report;
}

}  // namespace vole::race
