// SPDX-License-Identifier: Apache-2.0
// Reads profiles with Go's own tool, which is the judge of the format.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace profile_test {

struct outcome {
  int status = -1;
  std::string output;  // stdout and stderr
};

inline outcome run(const std::string& command) {
  outcome result;
  std::FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> part;
  std::size_t size = 0;
  while ((size = std::fread(part.data(), 1, part.size(), pipe)) > 0)
    result.output.append(part.data(), size);
  const int status = pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

// A file that goes away with its owner.
class scratch_file {
 public:
  explicit scratch_file(const std::string& bytes = {}) {
    static int number = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("vole_profile_" + std::to_string(getpid()) + '_' + std::to_string(number++));
    if (!bytes.empty()) std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~scratch_file() { std::filesystem::remove(path_); }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// What `go tool pprof OPTIONS` says of the bytes. Status 0: it accepts them.
inline outcome go_pprof(const std::string& options, const std::string& bytes) {
  const scratch_file file(bytes);
  return run("go tool pprof -symbolize=none " + options + ' ' + file.path());
}

// Function -> flat value, out of `-top -unit=... -nodefraction=0`.
inline std::map<std::string, double> flat_values(const std::string& top) {
  std::map<std::string, double> values;
  std::istringstream lines(top);
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("flat%") != std::string::npos) {
      in_table = true;
      continue;
    }
    if (!in_table) continue;
    std::istringstream words(line);
    std::string flat, flat_share, sum_share, cum, cum_share, name;
    words >> flat >> flat_share >> sum_share >> cum >> cum_share >> std::ws;
    std::getline(words, name);
    values[name] = std::stod(flat);
  }
  return values;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace profile_test
