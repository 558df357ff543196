// SPDX-License-Identifier: Apache-2.0
// Encodes what was collected. The texts follow runtime/pprof's printCountProfile and
// printStackRecord.
#include "profile/pprof/collected_profile.h"

#include <algorithm>
#include <cstdio>
#include <functional>

#include "format/encode_profile.h"
#include "profile/go_text.h"
#include "profile/labels.h"
#include "profile/visible_frames.h"

namespace vole::profile {
namespace {

std::string hex(std::uintptr_t value) {
  char text[2 + 16 + 1];
  std::snprintf(text, sizeof text, "0x%zx", static_cast<std::size_t>(value));
  return text;
}

}  // namespace

std::string encode(const collected_profile& collected) {
  profile_builder builder(collected.sample_types, collected.period_type, collected.period);
  for (const auto& [stack, values] : collected.samples)
    builder.add(stack.pcs, values, stack.labels, stack.object_bytes);
  format::profile& profile = builder.finish();
  profile.time_nanos = collected.collected_at_ns;
  profile.duration_nanos = collected.duration_ns;
  profile.default_sample_type = profile.strings.intern(collected.default_sample_type);
  return format::encode_profile_gzip(profile);
}

collected_profile difference(const collected_profile& before, collected_profile after) {
  for (const auto& [stack, values] : before.samples) {
    auto& left = after.samples[stack];
    left.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) left[i] -= values[i];
  }
  std::erase_if(after.samples, [](const auto& sample) {
    return std::ranges::all_of(sample.second, [](std::int64_t value) { return value == 0; });
  });
  after.duration_ns = after.collected_at_ns - before.collected_at_ns;
  after.collected_at_ns = before.collected_at_ns;
  return after;
}

std::string address_text(const std::vector<std::uintptr_t>& pcs) {
  std::string text;
  for (const std::uintptr_t pc : pcs) text += ' ' + hex(pc);
  return text;
}

std::string stack_comment(const std::vector<std::uintptr_t>& pcs) {
  std::vector<std::vector<std::string>> rows;
  for (const visible_frame& frame : visible_frames(pcs)) {
    const std::uintptr_t call = frame.pc - 1;
    if (frame.source == nullptr) {
      rows.push_back({"#", hex(call)});
      continue;
    }
    // An inlined call's offset is that into the function that it is part of.
    const std::uintptr_t entry = symbol::symbolize(call).back().entry;
    const std::string offset = entry != 0 && entry <= call ? hex(call - entry) : "0x0";
    const std::string file = frame.source->file.empty() ? "??" : frame.source->file;
    rows.push_back({"#", hex(call), frame.source->name + '+' + offset,
                    file + ':' + std::to_string(frame.source->line)});
  }
  return go_columns(rows) + '\n';
}

std::string count_text(std::string_view name, const collected_profile& collected) {
  struct paragraph {
    std::int64_t count;
    std::string key;
    const labelled_stack* stack;
  };
  std::int64_t total = 0;
  std::vector<paragraph> paragraphs;
  for (const auto& [stack, values] : collected.samples) {
    std::string key = '@' + address_text(stack.pcs);
    if (!stack.labels.empty()) key += "\n# labels: " + quoted_text(stack.labels);
    paragraphs.push_back({values[0], std::move(key), &stack});
    total += values[0];
  }
  std::ranges::sort(paragraphs, [](const paragraph& a, const paragraph& b) {
    return a.count != b.count ? a.count > b.count : a.key < b.key;
  });
  std::string text = std::string(name) + " profile: total " + std::to_string(total) + '\n';
  for (const paragraph& p : paragraphs)
    text += std::to_string(p.count) + ' ' + p.key + '\n' + stack_comment(p.stack->pcs);
  return text;
}

}  // namespace vole::profile
