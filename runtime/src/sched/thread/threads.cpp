// SPDX-License-Identifier: Apache-2.0
// The runtime's own threads.
#include "sched/thread/threads.h"

#include <cxxabi.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sched/core/scheduler.h"
#include "sched/park.h"

namespace vole::sched {
namespace {

constexpr std::string_view kOwnPrefix = "vole:";

// Started but perhaps not yet named: while this is not 0, an unknown thread may be one of ours.
constinit std::atomic<int> starting_count{0};

// The first bytes of a thread's name; empty when it has ended.
bool is_named_ours(const char* task) {
  char path[64] = "/proc/self/task/";
  if (std::strlen(task) > 20) return false;
  std::strcat(path, task);
  std::strcat(path, "/comm");
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char name[16] = {};
  const ssize_t n = read(fd, name, sizeof name);
  close(fd);
  return n >= static_cast<ssize_t>(kOwnPrefix.size()) &&
         std::memcmp(name, kOwnPrefix.data(), kOwnPrefix.size()) == 0;
}

}  // namespace

void refuse_forked_child() {
  // relaxed: set by this very thread, which is the only one
  if (the_scheduler.is_forked.load(std::memory_order_relaxed))
    fatal("goroutines and waits do not work in the child of a fork()");
}

bool start_own_thread(void* (*body)(void*), void* argument) {
  refuse_forked_child();
  starting_count.fetch_add(1, std::memory_order_relaxed);  // relaxed: see has_only_known_threads
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t id;
  const int error = pthread_create(&id, &attributes, body, argument);
  pthread_attr_destroy(&attributes);
  if (error != 0) starting_count.fetch_sub(1, std::memory_order_relaxed);  // relaxed: as above
  return error == 0;
}

pid_t enter_own_thread(const char* name) {
  prctl(PR_SET_NAME, name);
  starting_count.fetch_sub(1, std::memory_order_release);  // release: after the name is set
  return static_cast<pid_t>(syscall(SYS_gettid));
}

bool has_only_known_threads(const pid_t* adopted, std::size_t adopted_count) {
  // acquire: pairs with enter_own_thread(); zero means that all of ours bear their names
  if (starting_count.load(std::memory_order_acquire) != 0) return false;
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return false;
  bool is_known = true;
  while (const dirent* task = readdir(tasks)) {
    if (task->d_name[0] == '.') continue;
    const auto id = static_cast<pid_t>(std::strtol(task->d_name, nullptr, 10));
    if (std::binary_search(adopted, adopted + adopted_count, id)) continue;
    if (is_named_ours(task->d_name)) continue;
    is_known = false;
    break;
  }
  closedir(tasks);
  return is_known;
}

char thread_state(pid_t thread) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/stat", static_cast<int>(thread));
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 'X';
  char text[256];
  const ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0) return 'X';
  text[n] = '\0';
  const char* const name_end = std::strrchr(text, ')');  // `ID (NAME) STATE ...`
  return name_end == nullptr || name_end[1] == '\0' ? 'X' : name_end[2];
}

eh_globals* thread_eh_globals() noexcept {
  return reinterpret_cast<eh_globals*>(abi::__cxa_get_globals());
}

void read_thread_stack(std::uintptr_t& low, std::uintptr_t& high) {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* address = nullptr;
  std::size_t bytes = 0;
  pthread_attr_getstack(&attributes, &address, &bytes);
  pthread_attr_destroy(&attributes);
  low = reinterpret_cast<std::uintptr_t>(address);
  high = low + bytes;
}

}  // namespace vole::sched
