// SPDX-License-Identifier: Apache-2.0
// Where a report goes: standard output or a file.
#include "vole/write_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "vole/command.h"

namespace vole::cli {
namespace {

constexpr int kNumberedFilesMax = 9999;
constexpr mode_t kNewFileMode = 0666;  // less the umask

[[noreturn]] void fail(const std::string& step) {
  throw command_error(kFailure, step + ": " + std::strerror(errno));
}

// False with errno set if not everything could be written.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void write_in_place(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) fail("open " + path);
  const bool ok = write_all(fd, bytes);
  if (::close(fd) != 0 || !ok) fail("write " + path);
}

mode_t current_umask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

}  // namespace

void write_file(const std::string& path, std::string_view bytes) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    write_in_place(path, bytes);
    return;
  }
  std::string beside = path + ".XXXXXX";
  const int fd = ::mkostemp(beside.data(), O_CLOEXEC);
  if (fd < 0) fail("create " + path);
  const bool ok = write_all(fd, bytes) && ::fchmod(fd, kNewFileMode & ~current_umask()) == 0;
  const int write_errno = errno;
  if (::close(fd) == 0 && ok && ::rename(beside.c_str(), path.c_str()) == 0) return;
  if (!ok) errno = write_errno;
  const int final_errno = errno;
  ::unlink(beside.c_str());
  errno = final_errno;
  fail("write " + path);
}

void write_stdout(std::string_view bytes) {
  if (!write_all(STDOUT_FILENO, bytes) && errno != EPIPE) fail("write to standard output");
}

std::string write_numbered_file(const std::string& suffix, std::string_view bytes) {
  for (int i = 1; i <= kNumberedFilesMax; ++i) {
    std::array<char, 16> stem;
    std::snprintf(stem.data(), stem.size(), "profile%03d", i);
    const std::string path = stem.data() + suffix;
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kNewFileMode);
    if (fd < 0 && errno == EEXIST) continue;
    if (fd < 0) fail("create " + path);
    const bool ok = write_all(fd, bytes);
    if (::close(fd) != 0 || !ok) fail("write " + path);
    return path;
  }
  throw command_error(kFailure, "profile001" + suffix + " to profile9999" + suffix + " all exist");
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace vole::cli
