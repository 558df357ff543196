// SPDX-License-Identifier: Apache-2.0
// The number of processors: from the affinity mask, the cgroup, VOLE_MAXPROCS or max_procs().
#include "sched/machine/max_procs.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/debug_options.h"
#include "base/raw_log.h"
#include "sched/core/scheduler.h"
#include "sched/poll/turn.h"

namespace vole::sched {
namespace {

constexpr std::int64_t kFollowNs = 1'000'000'000;

constinit std::atomic<bool> is_following{false};
constinit std::atomic<std::int64_t> follow_at_ns{0};

int affinity_cpus() noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  // Main's mask is what taskset and cpusets change; a worker may have been pinned by the program.
  if (sched_getaffinity(getpid(), sizeof mask, &mask) == 0) return std::max(1, CPU_COUNT(&mask));
  return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

// The whole of a small file; empty when it can't be read.
std::string read_file(const std::string& path) {
  std::string out;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return out;
  char part[4096];
  for (ssize_t n; (n = read(fd, part, sizeof part)) > 0;) out.append(part, static_cast<size_t>(n));
  close(fd);
  return out;
}

// A test's, set before the runtime starts; never changed later.
machine_source& source() {
  static machine_source* const one = new machine_source;  // never destroyed: see scheduler.h
  return *one;
}

// Found once: a process that moves to another group is not followed, as in Go.
const cgroup_limit_file& limit_file() {
  static const cgroup_limit_file* const found =
      new cgroup_limit_file(find_cgroup_limit(read_file(source().root + "/proc/self/cgroup"),
                                              read_file(source().root + "/proc/self/mountinfo")));
  return *found;
}

int default_of_this_process() {
  const cgroup_limit_file& file = limit_file();
  const std::string& root = source().root;
  double limit = 0;
  if (file.version == cgroup_limit_file::form::v2)
    limit = parse_cgroup_v2(read_file(root + file.quota_path));
  else if (file.version == cgroup_limit_file::form::v1)
    limit = parse_cgroup_v1(read_file(root + file.quota_path), read_file(root + file.period_path));
  return default_max_procs(source().cpus > 0 ? source().cpus : affinity_cpus(), limit);
}

// The number that VOLE_MAXPROCS asks for; 0: none.
int wanted_by_environment() {
  const char* const text = std::getenv("VOLE_MAXPROCS");
  const int wanted = parse_max_procs(text);
  if (text != nullptr && *text != '\0' && wanted == 0)
    base::raw_writer() << "vole: VOLE_MAXPROCS=" << text
                       << " is no positive number: the default is taken\n";
  if (wanted > kProcsMax)
    base::raw_writer() << "vole: VOLE_MAXPROCS=" << text << " is cut to " << kProcsMax << "\n";
  return wanted;
}

// Returns the previous number.
int apply(int n) {
  scheduler& s = the_scheduler;
  n = std::min(n, kProcsMax);
  int before = 0;
  {
    base::spin_guard guard(s.lock);
    before = s.procs_limit.load(std::memory_order_relaxed);  // relaxed: under the lock
    if (n == before) return before;
    s.procs_limit.store(n, std::memory_order_seq_cst);  // seq_cst: note_maybe_asleep() reads it
    // Idle ones beyond the limit leave the list; retired ones below it come back.
    processor* list = s.idle_processors;
    s.idle_processors = nullptr;
    s.idle_processors_count.store(0, std::memory_order_seq_cst);  // seq_cst: submitters read it
    while (list != nullptr) {
      processor& proc = *list;
      list = proc.idle_next;
      proc.idle_next = nullptr;
      proc.state = processor::status::retired;
    }
    int count = s.procs_allocated.load(std::memory_order_relaxed);  // relaxed: under the lock
    for (; count < n; ++count)  // relaxed: procs_allocated publishes it
      s.procs[count].store(new processor(count), std::memory_order_relaxed);
    for (int i = std::min(count, n) - 1; i >= 0; --i) {
      processor& proc = *s.procs[i].load(std::memory_order_relaxed);  // relaxed: under the lock
      if (proc.state == processor::status::retired) release_processor_locked(s, proc);
    }
    s.procs_allocated.store(count, std::memory_order_release);  // release: the pointers
  }
  if (before != 0 && is_work_anywhere()) wake_processor();
  poll_see_to_it();
  return before;
}

}  // namespace

int processors_online() noexcept {
  static const int count = affinity_cpus();
  return count;
}

int default_max_procs(int cpus, double limit) {
  if (limit <= 0) return cpus;
  const double wanted = std::ceil(limit);
  return std::min(cpus, wanted < 2 ? 2 : wanted > cpus ? cpus : static_cast<int>(wanted));
}

int parse_max_procs(const char* text) {
  if (text == nullptr) return 0;
  const std::string_view digits(text);
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return 0;
  return value;
}

void init_processors() {
  const int wanted = wanted_by_environment();
  apply(wanted > 0 ? wanted : default_of_this_process());
  is_following.store(wanted == 0 && base::debug().follows_machine,
                     std::memory_order_relaxed);  // relaxed: one more look does no harm
  follow_at_ns.store(base::monotonic_coarse_ns() + kFollowNs,
                     std::memory_order_relaxed);  // relaxed: likewise
}

int set_max_procs(int n) {
  ensure_started();
  if (n <= 0) return the_scheduler.procs_limit.load(std::memory_order_acquire);  // acquire: latest
  is_following.store(false, std::memory_order_relaxed);  // relaxed: see init_processors()
  return apply(n);
}

void set_machine_source(machine_source made_up) { source() = std::move(made_up); }

void follow_cgroup() { follow_cgroup(base::monotonic_coarse_ns()); }

void follow_cgroup(std::int64_t now) {
  if (!is_following.load(std::memory_order_relaxed)) return;  // relaxed: see init_processors()
  std::int64_t due = follow_at_ns.load(std::memory_order_relaxed);  // relaxed: the CAS decides
  if (now < due ||
      !follow_at_ns.compare_exchange_strong(due, now + kFollowNs, std::memory_order_relaxed))
    return;  // relaxed: only one caller looks
  const int wanted = default_of_this_process();
  if (is_following.load(std::memory_order_relaxed)) apply(wanted);  // relaxed: as above
}

}  // namespace vole::sched
