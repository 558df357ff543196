// SPDX-License-Identifier: Apache-2.0
// The report as text: goleak's sentence, one paragraph for each different stack.
#include <vole/leak.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vole::leak {
namespace {

constexpr std::size_t kIdsShown = 8;  // of a group; the rest are counted

// What two goroutines of a group have in common: state and stack and creation, not their numbers.
std::string key_of(const goroutine& g) {
  const std::size_t first_line_end = g.text.find('\n');
  std::string key = g.state;
  key += '\n';
  if (first_line_end == std::string::npos) return key + g.text;
  const std::string_view rest = std::string_view(g.text).substr(first_line_end + 1);
  // "created by F in goroutine 7": the number goes, wherever the line stands.
  const std::size_t created = rest.rfind("created by ");
  if (created == std::string_view::npos) return key.append(rest);
  const std::size_t line_end = rest.find('\n', created);
  const std::size_t number = rest.rfind(" in goroutine ", line_end);
  if (number == std::string_view::npos || number < created) return key.append(rest);
  return key.append(rest.substr(0, number)).append(rest.substr(line_end));
}

std::string duration_text(std::chrono::nanoseconds value) {
  const auto ns = static_cast<double>(value.count());
  char text[32];
  if (ns < 1e3)
    std::snprintf(text, sizeof text, "%.0fns", ns);
  else if (ns < 1e6)
    std::snprintf(text, sizeof text, "%.0fus", ns / 1e3);
  else if (ns < 1e9)
    std::snprintf(text, sizeof text, "%.0fms", ns / 1e6);
  else if (ns < 6e10)
    std::snprintf(text, sizeof text, "%.1fs", ns / 1e9);
  else
    std::snprintf(text, sizeof text, "%.0f minutes", ns / 6e10);
  return text;
}

using group = std::vector<const goroutine*>;

// "goroutines 7, 8, 9 and 9997 more"
std::string ids_text(const group& all) {
  std::string text = "goroutines ";
  for (std::size_t i = 0; i < std::min(all.size(), kIdsShown); ++i) {
    if (i != 0) text += i + 1 == all.size() ? " and " : ", ";
    text += std::to_string(all[i]->id);
  }
  if (all.size() > kIdsShown) text += " and " + std::to_string(all.size() - kIdsShown) + " more";
  return text;
}

// "waiting for channel 0x7f00, 1.2s so far"; "" for those that don't wait.
std::string wait_text(const group& all) {
  std::set<std::string_view> objects;
  std::chrono::nanoseconds longest{0};
  for (const goroutine* g : all) {
    if (!g->waits_for.empty()) objects.insert(g->waits_for);
    longest = std::max(longest, g->waited);
  }
  if (longest.count() == 0) return {};
  std::string text = "waiting";
  if (objects.size() == 1) text += " for " + std::string(*objects.begin());
  if (objects.size() > 1) text += " for " + std::to_string(objects.size()) + " different objects";
  return text + (all.size() > 1 ? ", up to " : ", ") + duration_text(longest) + " so far";
}

void append_paragraph(std::string& text, const group& all) {
  const goroutine& first = *all.front();
  if (all.size() == 1)
    text += "Goroutine " + std::to_string(first.id);
  else
    text += std::to_string(all.size()) + " goroutines";
  text += " in state " + first.state + ", with " +
          (first.top_function.empty() ? "no known function" : first.top_function) +
          " on top of the stack:\n";
  if (all.size() > 1) text += ids_text(all) + "\n";
  if (const std::string wait = wait_text(all); !wait.empty()) text += wait + "\n";
  if (first.unreachable) text += "proven never to wake: " + first.evidence + "\n";
  text += first.text;
}

}  // namespace

std::string report::text() const {
  std::map<std::string, std::size_t> index_of;  // in groups
  std::vector<group> groups;                    // in the order of their first goroutine
  for (const goroutine& g : goroutines) {
    const auto [place, is_new] = index_of.try_emplace(key_of(g), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(&g);
  }
  // The biggest first: it is the one to mend.
  std::ranges::sort(groups, [](const group& a, const group& b) {
    return a.size() != b.size() ? a.size() > b.size() : a.front()->id < b.front()->id;
  });
  std::string text = "found unexpected goroutines:\n[";
  for (const group& all : groups) {
    if (&all != groups.data()) text += '\n';
    append_paragraph(text, all);
  }
  text += "]\n";
  if (not_judged != 0)
    text += std::to_string(not_judged) +
            " more were not waited for, since those above are proven; mend these and look again\n";
  for (const std::string& note : notes) text += note + "\n";
  return text;
}

}  // namespace vole::leak
