// SPDX-License-Identifier: Apache-2.0
// Writes a profile in the pprof file format.
#pragma once

#include <string>

#include "format/profile.h"

namespace vole::format {

// The bytes of profile.proto's message Profile, not compressed. Does not block; any thread. The
// caller sees to it that the profile is valid (check_profile): an unknown string_id is undefined
// behaviour, other faults are written as they are.
std::string encode_profile(const profile& p);

// The same as a gzip member, which is what a .pb.gz file holds. `level` is zlib's, 1 (fast) to 9
// (small); Go's runtime writes with 1. Throws std::bad_alloc if zlib gets no memory.
std::string encode_profile_gzip(const profile& p, int level = 1);

}  // namespace vole::format
