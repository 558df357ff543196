// SPDX-License-Identifier: Apache-2.0
// What a line of a stack is called in a report, at the granularity that was asked for.
#include "report/frame.h"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace vole::report {
namespace {

std::string hex_address(std::uint64_t address) {
  std::array<char, 20> text;
  std::snprintf(text.data(), text.size(), "%016" PRIx64, address);
  return text.data();
}

std::string_view trim_path(std::string_view path) {
  for (std::string_view prefix : {"/proc/self/cwd/./", "/proc/self/cwd/"}) {
    if (path.starts_with(prefix)) return path.substr(prefix.size());
  }
  return path;
}

frame_info make_frame(const format::profile& p, const format::location& l, const format::line* line,
                      const granularity& g, bool trim_paths) {
  const std::string_view object_file =
      l.mapping_id == 0 ? std::string_view() : p.text(p.mappings[l.mapping_id - 1].filename);
  frame_info frame;
  if (g.addresses) frame.address = l.address;
  if (line == nullptr) {
    frame.object_file = object_file;
    return frame;
  }
  const format::function& function = p.functions[line->function_id - 1];
  if (g.lines) frame.line = line->number;
  if (g.functions) frame.name = p.text(function.name);
  if (g.files) {
    std::string_view file = p.text(function.filename);
    if (trim_paths) file = trim_path(file);
    if (!file.empty()) frame.file = clean_path(file);
  }
  if (frame.name.empty()) {
    frame.object_file = object_file;
    frame.start_line = function.start_line;
  }
  return frame;
}

}  // namespace

std::string frame_info::printable_name() const {
  std::string text;
  auto add = [&text](const std::string& part) {
    if (!text.empty()) text += ' ';
    text += part;
  };
  if (address != 0) add(hex_address(address));
  if (!name.empty()) add(name);
  if (line != 0) {
    add(file + ":" + std::to_string(line));
  } else if (!file.empty()) {
    add(file);
  } else if (name.empty()) {
    add(object_file.empty() ? "<unknown>" : "[" + base_name(object_file) + "]");
  }
  return text;
}

std::string frame_info::tie_breaker() const {
  return "{" + name + "  " + std::to_string(address) + " " + file + " " +
         std::to_string(start_line) + " " + std::to_string(line) + " " + object_file + "}";
}

std::string clean_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!rooted) {
      parts.push_back(part);
    }
  }
  std::string text = rooted ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += '/';
    text += parts[i];
  }
  return text.empty() ? "." : text;
}

std::string base_name(std::string_view path) {
  if (path.empty()) return ".";
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == "/") return "/";
  return std::string(path.substr(path.rfind('/') + 1));
}

std::vector<std::vector<frame_info>> frames_of_locations(const format::profile& p,
                                                         const granularity& g, bool trim_paths) {
  std::vector<std::vector<frame_info>> frames(p.locations.size());
  for (std::size_t i = 0; i < p.locations.size(); ++i) {
    const format::location& l = p.locations[i];
    if (l.lines.empty()) {
      frames[i].push_back(make_frame(p, l, nullptr, g, trim_paths));
      continue;
    }
    const std::size_t first = g.inlines ? 0 : l.lines.size() - 1;
    for (std::size_t n = first; n < l.lines.size(); ++n) {
      frames[i].push_back(make_frame(p, l, &l.lines[n], g, trim_paths));
    }
  }
  return frames;
}

}  // namespace vole::report
