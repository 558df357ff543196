// SPDX-License-Identifier: Apache-2.0
// What a line of a stack is called in a report, at the granularity that was asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/profile.h"

namespace vole::report {

// What tells two frames apart. Frames that agree in all of what is kept are one node of the graph.
struct granularity {
  bool inlines = true;  // off: an inlined frame counts for the function it was inlined into
  bool functions = true;
  bool files = false;
  bool lines = false;
  bool addresses = false;
};

struct frame_info {
  std::string name;
  std::uint64_t address = 0;
  std::string file;
  std::int64_t start_line = 0;
  std::int64_t line = 0;
  std::string object_file;

  bool operator==(const frame_info&) const = default;

  // "0000000000401000 main /src/main.cpp:7"; parts that are not known are left out.
  std::string printable_name() const;
  // A text that differs for any two different frames, to break ties between equal names as Go does.
  std::string tie_breaker() const;
};

// A path without "//", "/./" and "x/..": what Go's path.Clean makes of it.
std::string clean_path(std::string_view path);
// The part after the last slash; "." for an empty path.
std::string base_name(std::string_view path);

// The frames of each location of `p` (in normal form: location ids count from 1), innermost first;
// a location without lines has one frame. With `trim_paths` the prefixes that bazel leaves in file
// names are cut off.
std::vector<std::vector<frame_info>> frames_of_locations(const format::profile& p,
                                                         const granularity& g, bool trim_paths);

}  // namespace vole::report
