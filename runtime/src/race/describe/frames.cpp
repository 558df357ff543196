// SPDX-License-Identifier: Apache-2.0
// Naming and trimming stacks.
#include "race/describe/frames.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "symbol/symbolizer.h"

namespace vole::race {
namespace {

std::string hex_address(std::uintptr_t pc) {
  const std::string digits = format::race_id_text(pc);
  return "0x" + digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
}

// The C library's part of a thread's life.
bool is_below_threads(const std::string& function) {
  constexpr std::string_view kNames[] = {
      "start_thread", "clone", "clone3", "_start", "__libc_start_call_main", "__libc_start_main"};
  return std::find(std::begin(kNames), std::end(kNames), function) != std::end(kNames);
}

bool is_outer_machinery(const named_frame& frame) {
  return frame.is_own || frame.is_std || frame.is_unknown || frame.shown.file.empty() ||
         is_below_threads(frame.shown.function);
}

// "main::$_3" -> "main::$_", "f()::{lambda(int)#2}" -> "f()::{lambda(int)#}", "g [clone .cold]" ->
// "g".
std::string without_numbers(std::string_view name) {
  name = name.substr(0, name.find(" [clone"));
  std::string kept;
  for (std::size_t i = 0; i < name.size(); ++i) {
    kept += name[i];
    const bool is_closure = name[i] == '#' || (name[i] == '_' && i > 0 && name[i - 1] == '$');
    while (is_closure && i + 1 < name.size() && std::isdigit(name[i + 1]) != 0) ++i;
  }
  return kept;
}

}  // namespace

std::vector<named_frame> frames_of(stack_id stack) {
  std::uintptr_t pcs[kStackFramesMax];
  const std::size_t count = load_stack(stack, pcs, kStackFramesMax);
  std::vector<named_frame> frames;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& found = symbol::symbolize(pcs[i] - 1);
    if (found.empty()) {
      named_frame frame;
      frame.shown.function = hex_address(pcs[i]);
      frame.is_unknown = true;
      frames.push_back(std::move(frame));
    }
    for (const symbol::source_frame& source : found) {
      named_frame frame;
      frame.shown = {source.name, source.file, source.line, 0};
      if (found.back().entry != 0) frame.shown.offset = pcs[i] - found.back().entry;
      frame.is_own = symbol::is_own_function(source.linkage_name);
      frame.is_std =
          symbol::is_std_function(source.linkage_name) || source.name.starts_with("__gthread_");
      frames.push_back(std::move(frame));
    }
  }
  return frames;
}

void trim(std::vector<named_frame>& frames) {
  const auto main_frame = std::find_if(frames.begin(), frames.end(), [](const named_frame& frame) {
    return frame.shown.function == "main";
  });
  if (main_frame != frames.end()) frames.erase(main_frame + 1, frames.end());
  const std::vector<named_frame> whole = frames;
  while (!frames.empty() && is_outer_machinery(frames.back())) frames.pop_back();
  const auto first = std::find_if_not(frames.begin(), frames.end(),
                                      [](const named_frame& frame) { return frame.is_own; });
  frames.erase(frames.begin(), first);
  if (frames.empty()) frames = whole;
}

format::race_stack shown(const std::vector<named_frame>& frames) {
  format::race_stack stack;
  for (const named_frame& frame : frames) stack.push_back(frame.shown);
  return stack;
}

format::race_stack shown_from_caller(stack_id stack, std::size_t frames_max) {
  std::vector<named_frame> frames = frames_of(stack);
  const auto is_library = [](const named_frame& frame) {
    return frame.is_own || frame.is_std || frame.shown.file.empty();
  };
  const auto first = std::find_if_not(frames.begin(), frames.end(), is_library);
  if (first == frames.end()) return {};
  frames.erase(frames.begin(), first);
  trim(frames);
  if (frames.size() > frames_max) frames.resize(frames_max);
  return shown(frames);
}

std::vector<std::string> names_for_id(const std::vector<named_frame>& frames) {
  std::vector<std::string> names;
  for (const named_frame& frame : frames) {
    if (frame.is_own || frame.is_std || frame.is_unknown) continue;
    names.push_back(without_numbers(frame.shown.function));
  }
  if (!names.empty()) return names;
  for (const named_frame& frame : frames) {
    if (!frame.is_unknown) names.push_back(without_numbers(frame.shown.function));
  }
  return names;
}

std::string own_place(const std::vector<named_frame>& frames) {
  const auto found = std::find_if(frames.begin(), frames.end(), [](const named_frame& frame) {
    return !frame.is_own && !frame.is_std && !frame.shown.file.empty();
  });
  if (found != frames.end()) return found->shown.file + ":" + std::to_string(found->shown.line);
  return frames.empty() ? "" : frames.front().shown.function;
}

}  // namespace vole::race
