// SPDX-License-Identifier: Apache-2.0
// Running a program of the tests with its output caught in pipes.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

extern char** environ;

namespace sched_test {

struct outcome {
  int status = -1;  // of exit; -1000 - signal when killed
  std::string out, err;
};

// Reads both pipes to their ends.
inline void drain(int out, int err, outcome& seen) {
  pollfd fds[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  for (int open_ends = 2; open_ends > 0;) {
    poll(fds, 2, -1);
    for (pollfd& p : fds) {
      if (p.fd < 0 || p.revents == 0) continue;
      char part[4096];
      const ssize_t n = read(p.fd, part, sizeof part);
      if (n > 0) {
        (p.fd == out ? seen.out : seen.err).append(part, static_cast<std::size_t>(n));
      } else {
        p.fd = -1;
        --open_ends;
      }
    }
  }
}

inline outcome run(std::vector<std::string> command) {
  int out[2], err[2];
  EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
  EXPECT_EQ(pipe2(err, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  outcome seen;
  drain(out[0], err[0], seen);
  close(out[0]);
  close(err[0]);
  int status = 0;
  waitpid(child, &status, 0);
  seen.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1000 - WTERMSIG(status);
  return seen;
}

// An environment variable for the children, for the life of this.
class with_environment {
 public:
  with_environment(std::string name, const std::string& value) : name_(std::move(name)) {
    const char* const before = std::getenv(name_.c_str());
    if (before != nullptr) before_ = before;
    was_set_ = before != nullptr;
    setenv(name_.c_str(), value.c_str(), 1);
  }
  ~with_environment() {
    if (was_set_)
      setenv(name_.c_str(), before_.c_str(), 1);
    else
      unsetenv(name_.c_str());
  }
  with_environment(const with_environment&) = delete;
  with_environment& operator=(const with_environment&) = delete;

 private:
  std::string name_, before_;
  bool was_set_ = false;
};

}  // namespace sched_test
