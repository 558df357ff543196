// SPDX-License-Identifier: Apache-2.0
// Programs on made-up machines, by name: `machine NAME`. machine_test.cpp knows what each prints.
#include <sched.h>
#include <unistd.h>
#include <vole/go.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "base/clock.h"
#include "sched/machine/max_procs.h"
#include "support.h"

namespace {

namespace fs = std::filesystem;

// A root folder with the files of a cgroup, gone at the end.
class fake_root {
 public:
  fake_root() {
    std::string name = (fs::temp_directory_path() / "vole_machine_XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~fake_root() { fs::remove_all(root_); }
  fake_root(const fake_root&) = delete;
  fake_root& operator=(const fake_root&) = delete;

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(root_ + path).parent_path());
    // At once, as the kernel does it: nobody reads half of it.
    std::ofstream(root_ + path + ".new") << text;
    fs::rename(root_ + path + ".new", root_ + path);
  }
  void erase(const std::string& path) const { fs::remove(root_ + path); }
  const std::string& path() const { return root_; }

 private:
  std::string root_;
};

constexpr const char* kV2 = "/sys/fs/cgroup/box/cpu.max";
constexpr const char* kV1Quota = "/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us";
constexpr const char* kV1Period = "/sys/fs/cgroup/cpu/box/cpu.cfs_period_us";

void make_v2(const fake_root& root, const std::string& limit) {
  root.write("/proc/self/cgroup", "0::/box\n");
  root.write("/proc/self/mountinfo", "29 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  root.write(kV2, limit);
}

// As if two seconds had passed.
int after_a_look() {
  static std::int64_t now = vole::base::monotonic_ns();
  vole::sched::follow_cgroup(now += 2'000'000'000);
  return vole::max_procs();
}

int quota_of_v2() {
  const fake_root root;
  make_v2(root, "max 100000\n");
  vole::sched::set_machine_source({root.path(), 8});
  std::printf("%d", vole::max_procs());
  for (const char* limit : {"300000 100000\n", "50000 100000\n", "450000 100000\n",
                            "9900000 100000\n", "garbage", "max 100000\n"}) {
    root.write(kV2, limit);
    std::printf(" %d", after_a_look());
  }
  root.erase(kV2);
  std::printf(" %d\n", after_a_look());
  return 0;
}
int quota_of_v1() {
  const fake_root root;
  root.write("/proc/self/cgroup", "4:cpu,cpuacct:/box\n0::/elsewhere\n");
  root.write("/proc/self/mountinfo", "31 22 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n");
  root.write(kV1Quota, "300000\n");
  root.write(kV1Period, "100000\n");
  vole::sched::set_machine_source({root.path(), 8});
  std::printf("%d", vole::max_procs());
  for (const char* quota : {"-1\n", "600000\n", "10\n"}) {
    root.write(kV1Quota, quota);
    std::printf(" %d", after_a_look());
  }
  std::printf("\n");
  return 0;
}
int no_cgroup() {
  const fake_root root;
  vole::sched::set_machine_source({root.path(), 5});
  std::printf("%d %d\n", vole::max_procs(), after_a_look());
  return 0;
}
int set_by_the_program() {
  const fake_root root;
  make_v2(root, "300000 100000\n");
  vole::sched::set_machine_source({root.path(), 8});
  std::printf("%d %d", vole::max_procs(), vole::max_procs(6));
  root.write(kV2, "400000 100000\n");
  std::printf(" %d\n", after_a_look());
  return 0;
}
// Nobody asks: the monitor must notice. Goroutines stay busy on whatever processors there are.
int noticed_by_the_monitor() {
  const fake_root root;
  make_v2(root, "max 100000\n");
  vole::sched::set_machine_source({root.path(), 6});
  std::printf("%d", vole::max_procs());
  static std::atomic<long> turns{0};
  for (int i = 0; i < 12; ++i) {
    vole::go([] {
      for (;;) {
        ++turns;
        vole::yield();
      }
    });
  }
  for (const int wanted : {3, 2, 5, 6}) {
    root.write(kV2, std::to_string(wanted) + "00000 100000\n");
    while (vole::max_procs() != wanted) usleep(1000);
    const long before = turns;
    while (turns < before + 1000) usleep(1000);  // nobody was left behind
    std::printf(" %d", wanted);
  }
  std::printf("\n");
  std::fflush(stdout);
  return 0;
}
int number_of_processors() {
  std::printf("%d\n", vole::max_procs());
  return 0;
}

int busy_for_a_while() {
  sched_test::semaphore done;
  for (int i = 0; i < 3; ++i) {
    vole::go([&] {
      const std::int64_t end = vole::base::monotonic_ns() + 200'000'000;
      while (vole::base::monotonic_ns() < end) vole::yield();
      done.release();
    });
  }
  done.acquire_all(3);
  return 0;
}

[[gnu::noinline]] void use_stack(std::size_t bytes) {
  auto* const room = static_cast<volatile char*>(__builtin_alloca(bytes));
  for (std::size_t at = 0; at < bytes; at += 1024) room[at] = 1;
}
[[gnu::noinline]] void spawn_deep(sched_test::semaphore& done) {
  vole::go([&] {
    use_stack(60'000);
    done.release();
  });
}
[[gnu::noinline]] void spawn_shallow(sched_test::semaphore& done) {
  vole::go([&] { done.release(); });
}
[[gnu::noinline]] void spawn_on_more(sched_test::semaphore& done) {
  vole::go({.stack_bytes = 500'000}, [&] {
    use_stack(200'000);
    done.release();
    for (;;) vole::yield();  // is alive at the end
  });
}
int stacks_of_all_depths() {
  static sched_test::semaphore done;
  for (int i = 0; i < 5; ++i) {  // one after the other, so that they follow upon one stack
    spawn_deep(done);
    done.acquire();
    spawn_shallow(done);
    done.acquire();
    while (vole::num_goroutine() > 1) vole::yield();
  }
  spawn_on_more(done);
  done.acquire();
  return 0;
}

const std::map<std::string, int (*)()>& programs() {
  static const std::map<std::string, int (*)()> all = {
#define PROGRAM(name) {#name, &name}
      PROGRAM(quota_of_v2),
      PROGRAM(quota_of_v1),
      PROGRAM(no_cgroup),
      PROGRAM(set_by_the_program),
      PROGRAM(noticed_by_the_monitor),
      PROGRAM(number_of_processors),
      PROGRAM(busy_for_a_while),
      PROGRAM(stacks_of_all_depths),
#undef PROGRAM
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const auto found = programs().find(argc > 1 ? argv[1] : "");
  return found == programs().end() ? 98 : found->second();
}
