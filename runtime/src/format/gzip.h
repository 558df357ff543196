// SPDX-License-Identifier: Apache-2.0
// gzip on whole buffers in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vole::format {

// True if the bytes begin with gzip's magic number.
bool is_gzip(std::string_view bytes);

// One gzip member. `level` is zlib's, 1 to 9. Throws std::bad_alloc if zlib gets no memory.
std::string gzip_compress(std::string_view bytes, int level);

// All members of `bytes`, one after the other, inflated. Fails, naming the offset in the compressed
// input, on a truncated or damaged stream and when the output would pass `size_limit_bytes`.
base::result<std::string> gzip_decompress(std::string_view bytes, std::size_t size_limit_bytes);

}  // namespace vole::format
