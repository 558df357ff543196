// SPDX-License-Identifier: Apache-2.0
// How much memory the process holds.
#pragma once

#include <unistd.h>

#include <cstdio>

namespace bench {

inline double resident_bytes() {
  long size = 0;
  long resident = 0;
  std::FILE* const statm = std::fopen("/proc/self/statm", "re");
  if (statm == nullptr || std::fscanf(statm, "%ld %ld", &size, &resident) != 2) resident = -1;
  if (statm != nullptr) std::fclose(statm);
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace bench
