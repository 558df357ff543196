// SPDX-License-Identifier: Apache-2.0
// Profiles for the tests of the tools: small ones written down, and random ones from a seed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "format/profile.h"

namespace vole::test {

// A CPU profile of a C++ program: inlined frames, recursion, string labels, a time and a duration.
format::profile cpu_profile();
// A goroutine profile: one sample type, labels with several keys, no duration.
format::profile goroutine_profile();
// A heap profile: four sample types with a default, numeric labels with and without a unit.
format::profile heap_profile();
// Two mappings, no symbol at all.
format::profile bare_profile();

// A valid profile in which everything that the format allows turns up sooner or later: negative and
// zero values, unused tables, several values for a label, names of functions in several languages,
// odd paths.
// With `extremes` also values so large that sums of them overflow.
format::profile random_profile(std::uint64_t seed, bool extremes = false);

// A directory of its own that goes away with it.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Writes a file in it and returns its path.
  std::string write(const std::string& name, const std::string& bytes) const;

 private:
  std::filesystem::path path_;
};

struct run_result {
  int status = 0;  // the exit status; 128 + signal for a signal
  std::string out;
  std::string err;
};

// Runs a program to its end with a closed standard input, in `folder`. `arguments[0]` is looked up
// in PATH.
run_result run(const std::vector<std::string>& arguments,
               const std::filesystem::path& folder = ".");

std::string read_file(const std::filesystem::path& path);

}  // namespace vole::test
