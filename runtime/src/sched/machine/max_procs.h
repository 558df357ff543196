// SPDX-License-Identifier: Apache-2.0
// How many processors there are: Go 1.25's rule, and max_procs().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vole::sched {

// The CPUs in this process's affinity mask; at least 1. Read once.
int processors_online() noexcept;

// Where a cgroup's CPU limit stands, and in which of the two forms.
struct cgroup_limit_file {
  enum class form { none, v1, v2 };
  form version = form::none;
  std::string quota_path;   // v2: cpu.max; v1: cpu.cfs_quota_us
  std::string period_path;  // v1 only: cpu.cfs_period_us
};

// From the contents of /proc/self/cgroup and /proc/self/mountinfo. A v1 cpu controller goes before
// v2, as in Go; only the leaf group counts.
cgroup_limit_file find_cgroup_limit(std::string_view cgroup, std::string_view mountinfo);

// CPUs that a quota stands for, quota / period, from the contents of the files; 0 for no limit or a
// file that says nothing sensible.
double parse_cgroup_v2(std::string_view cpu_max);
double parse_cgroup_v1(std::string_view quota_us, std::string_view period_us);

// min(cpus, max(2, ceil(limit))); limit 0: none.
int default_max_procs(int cpus, double limit);

// The value of VOLE_MAXPROCS: a positive decimal number; 0 for anything else.
int parse_max_procs(const char* text);

// Where the files are read and how many CPUs there are, other than the machine's own: for tests.
// Before the runtime starts.
struct machine_source {
  std::string root;  // stands before each path
  int cpus = 0;      // 0: those of the affinity mask
};
void set_machine_source(machine_source made_up);

// Makes the processors at the start of the runtime.
void init_processors();

// Sets the number when n > 0, which ends the following of the cgroup; returns the previous one.
// Goroutines on processors that are now one too many move at their next scheduling point.
int set_max_procs(int n);

// Follows a changed affinity mask or cgroup limit, unless the program or VOLE_MAXPROCS has set the
// number. At most once a second; cheap in between.
void follow_cgroup();
void follow_cgroup(std::int64_t now_ns);

}  // namespace vole::sched
