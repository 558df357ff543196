// SPDX-License-Identifier: Apache-2.0
// Hides the runtime's frames at both ends of a stack.
#include "profile/visible_frames.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace vole::profile {
namespace {

bool is_everything_shown() {
  static const bool result = [] {
    const char* const value = std::getenv("VOLE_TRACEBACK");
    return value != nullptr && std::string_view(value) == "system";
  }();
  return result;
}

bool is_own(const visible_frame& frame) {
  return frame.source != nullptr && symbol::is_own_function(frame.source->linkage_name);
}

bool is_std(const visible_frame& frame) {
  return frame.source != nullptr && symbol::is_std_function(frame.source->linkage_name);
}

bool is_process_start(const visible_frame& frame) {
  if (frame.source == nullptr) return false;
  const std::string_view name = frame.source->name;
  for (std::string_view start :
       {"_start", "__libc_start_main", "__libc_start_main_impl", "__libc_start_call_main",
        "start_thread", "__clone", "clone", "clone3", "__clone3", "execute_native_thread_routine"})
    if (name == start) return true;
  // Without debug information the C library's own start has the name of its exported neighbour.
  return name.starts_with("__libc_start");
}

struct range {
  std::size_t first, last;  // [first, last)
};

range visible_range(const std::vector<visible_frame>& frames) {
  const range all{0, frames.size()};
  if (is_everything_shown()) return all;
  range shown = all;
  while (shown.first < shown.last && is_own(frames[shown.first])) ++shown.first;
  if (shown.first > 0)
    while (shown.first < shown.last && (is_own(frames[shown.first]) || is_std(frames[shown.first])))
      ++shown.first;
  const auto is_root = [&](const visible_frame& f) {
    return is_process_start(f) || is_own(f) || is_std(f) || f.source == nullptr;
  };
  while (shown.last > shown.first && is_root(frames[shown.last - 1])) --shown.last;
  return shown.first < shown.last ? shown : all;
}

std::vector<visible_frame> all_frames(std::span<const std::uintptr_t> pcs) {
  std::vector<visible_frame> frames;
  for (const std::uintptr_t pc : pcs) {
    const auto& sources = symbol::symbolize(pc - 1);
    if (sources.empty()) frames.push_back({pc, nullptr});
    for (const symbol::source_frame& source : sources) frames.push_back({pc, &source});
  }
  return frames;
}

}  // namespace

std::vector<visible_frame> visible_frames(std::span<const std::uintptr_t> pcs) {
  const std::vector<visible_frame> frames = all_frames(pcs);
  const range shown = visible_range(frames);
  return {frames.begin() + static_cast<std::ptrdiff_t>(shown.first),
          frames.begin() + static_cast<std::ptrdiff_t>(shown.last)};
}

std::span<const std::uintptr_t> visible_part(std::span<const std::uintptr_t> pcs) {
  const std::vector<visible_frame> shown = visible_frames(pcs);
  if (shown.empty()) return {};
  const auto first = std::find(pcs.begin(), pcs.end(), shown.front().pc);
  const auto last = std::find(pcs.rbegin(), pcs.rend(), shown.back().pc).base();
  return pcs.subspan(static_cast<std::size_t>(first - pcs.begin()),
                     static_cast<std::size_t>(last - first));
}

}  // namespace vole::profile
