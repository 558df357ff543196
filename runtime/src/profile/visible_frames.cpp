// SPDX-License-Identifier: Apache-2.0
// Hides the runtime's frames at both ends of a stack.
#include "profile/visible_frames.h"

#include <algorithm>
#include <string_view>

#include "event/traceback.h"

namespace vole::profile {
namespace {

bool is_everything_shown() { return event::wanted_traceback() >= event::traceback_level::system; }

bool is_own(const visible_frame& frame) {
  return frame.source != nullptr && symbol::is_own_function(frame.source->linkage_name);
}

bool is_std(const visible_frame& frame) {
  return frame.source != nullptr && symbol::is_std_function(frame.source->linkage_name);
}

bool is_inlined(const visible_frame& frame) {
  return frame.source != nullptr && frame.source->is_inlined;
}

bool is_process_start(const visible_frame& frame) {
  return frame.source != nullptr && symbol::is_start_function(frame.source->name);
}

struct range {
  std::size_t first, last;  // [first, last)
};

enum class leaf_frames { hide_own, show };

range visible_range(const std::vector<visible_frame>& frames, leaf_frames leaf) {
  const range all{0, frames.size()};
  if (frames.empty() || is_everything_shown()) return all;
  range shown = all;
  const bool hides_leaf = leaf == leaf_frames::hide_own && is_own(frames[0]);
  // What has no name between them is the C++ library's, too: terminate's inner half.
  while (hides_leaf && shown.first < shown.last &&
         (is_own(frames[shown.first]) || is_std(frames[shown.first]) ||
          frames[shown.first].source == nullptr))
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

// The addresses from the first shown frame's to the last one's.
std::span<const std::uintptr_t> covering(std::span<const std::uintptr_t> pcs,
                                         const std::vector<visible_frame>& frames, range shown) {
  // Positions, not values: a recursive function's address stands there many times.
  std::vector<std::size_t> position;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool is_next = i > 0 && (frames[i].pc != frames[i - 1].pc || !is_inlined(frames[i - 1]));
    position.push_back(i == 0 ? 0 : position[i - 1] + (is_next ? 1 : 0));
  }
  if (shown.first >= shown.last) return {};
  const std::size_t first = position[shown.first], last = position[shown.last - 1];
  return pcs.subspan(first, last - first + 1);
}

}  // namespace

std::vector<visible_frame> visible_frames(std::span<const std::uintptr_t> pcs) {
  const std::vector<visible_frame> frames = all_frames(pcs);
  const range shown = visible_range(frames, leaf_frames::hide_own);
  return {frames.begin() + static_cast<std::ptrdiff_t>(shown.first),
          frames.begin() + static_cast<std::ptrdiff_t>(shown.last)};
}

std::span<const std::uintptr_t> visible_part(std::span<const std::uintptr_t> pcs) {
  const std::vector<visible_frame> frames = all_frames(pcs);
  return covering(pcs, frames, visible_range(frames, leaf_frames::hide_own));
}

std::span<const std::uintptr_t> part_above_root(std::span<const std::uintptr_t> pcs) {
  const std::vector<visible_frame> frames = all_frames(pcs);
  return covering(pcs, frames, visible_range(frames, leaf_frames::show));
}

}  // namespace vole::profile
