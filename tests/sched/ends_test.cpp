// SPDX-License-Identifier: Apache-2.0
// Goal: a process ends a thousand times under running goroutines without a crash, a hang or a
// static destructor under a live goroutine. Method: the program `ends` (first argument) in all ways
// and companies, on 1, 2 and 8 processors, some children at a time.
//
// More of it: VOLE_TEST_REPEAT=n repeats all n times (5 without it).
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

constexpr int kAtOnce = 6;       // children
constexpr int kSecondsMax = 60;  // of one child: it needs milliseconds, on a loaded machine seconds
constexpr int kRepetitions = 5;

struct way {
  const char* name;
  int status;
};
constexpr way kWays[] = {{"main_returns", 7},     {"exit_in_a_goroutine", 8},
                         {"exit_on_a_thread", 9}, {"exit_on_an_adopted_thread", 9},
                         {"quick_exit", 10},      {"immediate_exit", 11},
                         {"panic_in_main", 2},    {"panic_in_a_goroutine", 2},
                         {"fatal_error", 2},      {"two_ends_at_once", 7}};
constexpr const char* kCompanies[] = {
    "nobody", "busy_ones", "hogs", "ones_in_system_calls", "timers", "threads", "ones_that_wait"};

struct child {
  std::string title;
  int expected = 0;
  int output = -1;
  std::chrono::steady_clock::time_point started;
  bool was_asked = false;  // by SIGQUIT, for what it hangs in
};

std::map<pid_t, child> running;
int failures = 0;

std::string text_of(int file) {
  std::string text;
  char part[4096];
  lseek(file, 0, SEEK_SET);
  for (ssize_t n; (n = read(file, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(n));
  return text;
}

void start(std::string program, const way& how, std::string company, int procs) {
  child one;
  one.title = std::string(how.name) + " " + company + " VOLE_MAXPROCS=" + std::to_string(procs);
  one.expected = how.status;
  one.output = memfd_create("output", MFD_CLOEXEC);
  setenv("VOLE_MAXPROCS", std::to_string(procs).c_str(), 1);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, one.output, 1);
  posix_spawn_file_actions_adddup2(&actions, one.output, 2);
  std::string name = how.name;
  char* const arguments[] = {program.data(), name.data(), company.data(), nullptr};
  one.started = std::chrono::steady_clock::now();
  pid_t id = 0;
  const int error = posix_spawn(&id, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    std::fprintf(stderr, "can't start %s\n", program.c_str());
    std::exit(1);
  }
  running.emplace(id, std::move(one));
}

void judge(const child& one, int status) {
  const bool is_fine = WIFEXITED(status) && WEXITSTATUS(status) == one.expected && !one.was_asked;
  if (!is_fine) {
    ++failures;
    std::fprintf(stderr, "FAILED: %s: %s %d instead of status %d%s\n%s\n", one.title.c_str(),
                 WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), one.expected,
                 one.was_asked ? ", hung" : "", text_of(one.output).c_str());
  }
  close(one.output);
}

// Returns when fewer than `limit` children are left.
void reap(std::size_t limit) {
  while (running.size() >= limit) {
    int status = 0;
    const pid_t id = waitpid(-1, &status, WNOHANG);
    if (id > 0) {
      judge(running.at(id), status);
      running.erase(id);
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    for (auto& [pid, one] : running) {
      const auto age = now - one.started;
      if (age > std::chrono::seconds(kSecondsMax) && !one.was_asked) {
        one.was_asked = true;
        kill(pid, SIGQUIT);
      }
      if (age > std::chrono::seconds(2 * kSecondsMax)) kill(pid, SIGKILL);
    }
    usleep(500);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 1;
  const char* const wanted = std::getenv("VOLE_TEST_REPEAT");
  const int repetitions = wanted != nullptr ? std::atoi(wanted) : kRepetitions;
  int count = 0;
  for (int i = 0; i < repetitions && failures == 0; ++i) {
    for (const int procs : {1, 2, 8}) {
      for (const char* company : kCompanies) {
        for (const way& how : kWays) {
          reap(kAtOnce);
          start(argv[1], how, company, procs);
          ++count;
        }
      }
    }
  }
  reap(1);
  std::printf("%d ends, %d failures\n", count, failures);
  return failures == 0 ? 0 : 1;
}
