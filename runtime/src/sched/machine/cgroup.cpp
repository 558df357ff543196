// SPDX-License-Identifier: Apache-2.0
// Finding a cgroup's CPU limit and reading it: parsing only, no file is opened here.
//
// /proc/self/cgroup has lines `ID:CONTROLLERS:PATH`; v2's is `0::PATH`. /proc/self/mountinfo has
// `ID PARENT MAJ:MIN ROOT MOUNTPOINT OPTIONS... - TYPE SOURCE SUPEROPTIONS`
// (proc_pid_mountinfo(5)). The group's folder is MOUNTPOINT plus PATH without the ROOT that is
// mounted there.
#include <charconv>
#include <optional>
#include <vector>

#include "sched/machine/max_procs.h"

namespace vole::sched {
namespace {

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(by);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool has_item(std::string_view list, std::string_view item) {
  for (const std::string_view part : split(list, ','))
    if (part == item) return true;
  return false;
}

// Spaces, tabs, newlines and backslashes are written as \040 and the like.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      out +=
          static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The folder of group `path` under a mount of `type` (with super option `option`, if given).
std::optional<std::string> folder_of(std::string_view mountinfo, std::string_view type,
                                     std::string_view option, std::string_view path) {
  for (const std::string_view line : split(mountinfo, '\n')) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto before = split(line.substr(0, dash), ' ');
    const auto after = split(line.substr(dash + 3), ' ');
    if (before.size() < 5 || after.size() < 3 || after[0] != type) continue;
    if (!option.empty() && !has_item(after[2], option)) continue;
    const std::string root = unescaped(before[3]);
    std::string_view rest = path;
    if (root != "/") {
      if (rest.substr(0, root.size()) != root) continue;
      rest.remove_prefix(root.size());
      if (!rest.empty() && rest[0] != '/') continue;
    }
    std::string folder = unescaped(before[4]);
    if (rest != "/") folder += rest;
    return folder;
  }
  return std::nullopt;
}

std::optional<double> number(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double quotient(std::optional<double> quota, std::optional<double> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return 0;
  return *quota / *period;
}

}  // namespace

cgroup_limit_file find_cgroup_limit(std::string_view cgroup, std::string_view mountinfo) {
  cgroup_limit_file found;
  for (const std::string_view line : split(cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view path = line.substr(second + 1);
    if (has_item(controllers, "cpu")) {
      const auto folder = folder_of(mountinfo, "cgroup", "cpu", path);
      if (!folder) continue;
      return {cgroup_limit_file::form::v1, *folder + "/cpu.cfs_quota_us",
              *folder + "/cpu.cfs_period_us"};
    }
    if (controllers.empty() && line.substr(0, first) == "0") {
      const auto folder = folder_of(mountinfo, "cgroup2", "", path);
      if (folder) found = {cgroup_limit_file::form::v2, *folder + "/cpu.max", ""};
    }
  }
  return found;
}

double parse_cgroup_v2(std::string_view cpu_max) {
  const auto parts = split(cpu_max, ' ');
  if (parts.size() != 2) return 0;  // "max 100000" has two, and no number first
  return quotient(number(parts[0]), number(parts[1]));
}

double parse_cgroup_v1(std::string_view quota_us, std::string_view period_us) {
  return quotient(number(quota_us), number(period_us));  // -1 is no limit
}

}  // namespace vole::sched
