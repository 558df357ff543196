// SPDX-License-Identifier: Apache-2.0
// Writes the profiles that the page is tested with: cpu.pb.gz and heap.pb.gz in the folder that is
// given.
#include <fstream>
#include <string>

#include "fixtures.h"
#include "format/encode_profile.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = argv[1];
  std::ofstream(folder + "/cpu.pb.gz")
      << vole::format::encode_profile_gzip(vole::test::cpu_profile());
  std::ofstream(folder + "/heap.pb.gz")
      << vole::format::encode_profile_gzip(vole::test::heap_profile());
}
