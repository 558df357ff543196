// SPDX-License-Identifier: Apache-2.0
// The rule for the number of processors, on made-up machines.
#include "sched/machine/max_procs.h"

#include <gtest/gtest.h>

namespace {

using namespace vole::sched;
using form = cgroup_limit_file::form;

TEST(max_procs, is_the_affinity_bounded_by_the_quota_but_not_below_two) {
  EXPECT_EQ(default_max_procs(8, 0), 8);
  EXPECT_EQ(default_max_procs(8, 3), 3);
  EXPECT_EQ(default_max_procs(8, 2.1), 3);
  EXPECT_EQ(default_max_procs(8, 0.5), 2);
  EXPECT_EQ(default_max_procs(8, 100), 8);
  EXPECT_EQ(default_max_procs(1, 0.5), 1);
  EXPECT_EQ(default_max_procs(1, 4), 1);
  EXPECT_EQ(default_max_procs(8, 1e30), 8);
}

TEST(max_procs, environment_takes_positive_decimals_only) {
  EXPECT_EQ(parse_max_procs("4"), 4);
  for (const char* bad : {"", "0", "-1", "4x", " 4", "x", "99999999999999"})
    EXPECT_EQ(parse_max_procs(bad), 0) << bad;
  EXPECT_EQ(parse_max_procs(nullptr), 0);
}

TEST(max_procs, cgroup_v2_limit_is_quota_by_period) {
  EXPECT_DOUBLE_EQ(parse_cgroup_v2("150000 100000\n"), 1.5);
  for (const char* none : {"max 100000\n", "", "garbage", "100000", "1 2 3", "-5 100000", "5 0"})
    EXPECT_EQ(parse_cgroup_v2(none), 0) << none;
}

TEST(max_procs, cgroup_v1_limit_is_quota_by_period) {
  EXPECT_DOUBLE_EQ(parse_cgroup_v1("50000\n", "100000\n"), 0.5);
  EXPECT_EQ(parse_cgroup_v1("-1\n", "100000\n"), 0);
  EXPECT_EQ(parse_cgroup_v1("", ""), 0);
  EXPECT_EQ(parse_cgroup_v1("50000", "0"), 0);
}

constexpr const char* kMountsV2 =
    "22 1 0:21 / /proc rw - proc proc rw\n"
    "29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(max_procs, cgroup_v2_file_is_found_below_its_mount) {
  const auto found = find_cgroup_limit("0::/user.slice/a b\n", kMountsV2);
  EXPECT_EQ(found.version, form::v2);
  EXPECT_EQ(found.quota_path, "/sys/fs/cgroup/user.slice/a b/cpu.max");
  EXPECT_EQ(find_cgroup_limit("0::/\n", kMountsV2).quota_path, "/sys/fs/cgroup/cpu.max");
}

TEST(max_procs, a_container_sees_its_group_as_the_mounts_root) {
  const char* const mounts = "29 22 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n";
  EXPECT_EQ(find_cgroup_limit("0::/docker/abc\n", mounts).quota_path, "/sys/fs/cgroup/cpu.max");
  EXPECT_EQ(find_cgroup_limit("0::/docker/abc/in\n", mounts).quota_path,
            "/sys/fs/cgroup/in/cpu.max");
  EXPECT_EQ(find_cgroup_limit("0::/docker/abcd\n", mounts).version, form::none);
}

TEST(max_procs, a_v1_cpu_controller_goes_before_v2) {
  const char* const groups = "5:cpu,cpuacct:/box\n1:name=systemd:/init\n0::/box\n";
  const char* const mounts =
      "30 22 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
      "31 22 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "32 22 0:29 / /sys/fs/cgroup/cpu\\040x rw - cgroup cgroup rw,cpu,cpuacct\n";
  const auto found = find_cgroup_limit(groups, mounts);
  EXPECT_EQ(found.version, form::v1);
  EXPECT_EQ(found.quota_path, "/sys/fs/cgroup/cpu x/box/cpu.cfs_quota_us");
  EXPECT_EQ(found.period_path, "/sys/fs/cgroup/cpu x/box/cpu.cfs_period_us");
}

TEST(max_procs, nothing_is_found_in_files_that_say_nothing) {
  for (const char* groups : {"", "\n", ":", "::", "0::", "garbage", "7:memory:/x\n"})
    EXPECT_EQ(find_cgroup_limit(groups, "").version, form::none) << groups;
  EXPECT_EQ(find_cgroup_limit("0::/x\n", "1 2 3 - \n - - -\n").version, form::none);
}

}  // namespace
