// SPDX-License-Identifier: Apache-2.0
// The descriptors behind the options log_path, json_path and sarif_path.
#include "race/report/output.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/raw_log.h"
#include "race/report/options.h"

namespace vole::race {
namespace {

// A file PATH.PID, made at the first use; a forked child makes its own.
struct process_file {
  int fd = -1;
  pid_t owner = 0;
  off_t size_bytes = 0;

  // -1: it can't be made.
  int open_as(std::string_view path, int flags) {
    if (owner == getpid()) return fd;
    owner = getpid();
    size_bytes = 0;
    const std::string name = std::string(path) + "." + std::to_string(owner);
    fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);  // NOLINT
    if (fd < 0)
      base::raw_writer() << "vole: VOLE_RACE: can't write " << name << ": " << std::strerror(errno)
                         << "\n";
    return fd;
  }
};

constinit process_file log_file, json_file, sarif_file;

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

bool write_at(int fd, std::string_view text, off_t at) {
  while (!text.empty()) {
    const ssize_t written = ::pwrite(fd, text.data(), text.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
    at += written;
  }
  return true;
}

int log_descriptor() {
  const std::string_view path = options().log_path.value;
  if (path == "stderr" || path.empty()) return STDERR_FILENO;
  if (path == "stdout") return STDOUT_FILENO;
  const int fd = log_file.open_as(path, O_APPEND);
  return fd < 0 ? STDERR_FILENO : fd;
}

// The result takes the place of the log's end, which follows it again.
void append_sarif(const format::race_report& report, std::string_view path) {
  const int fd = sarif_file.open_as(path, O_TRUNC);
  if (fd < 0) return;
  const bool is_first = sarif_file.size_bytes == 0;
  std::string text = is_first ? format::race_sarif_head() : ",\n";
  text += format::race_sarif_result(report, options().strip_path_prefix.value);
  const std::size_t result_bytes = text.size();
  text += format::kRaceSarifTail;
  if (write_at(fd, text, sarif_file.size_bytes))
    sarif_file.size_bytes += static_cast<off_t>(result_bytes);
}

}  // namespace

void write_log(std::string_view text) { write_all(log_descriptor(), text); }

void write_files(const format::race_report& report) {
  if (const std::string_view path = options().json_path.value; !path.empty()) {
    const int fd = json_file.open_as(path, O_APPEND);
    if (fd >= 0) write_all(fd, format::race_json(report));
  }
  if (const std::string_view path = options().sarif_path.value; !path.empty())
    append_sarif(report, path);
}

}  // namespace vole::race
