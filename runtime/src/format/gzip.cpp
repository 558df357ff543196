// SPDX-License-Identifier: Apache-2.0
// gzip on whole buffers in memory, by zlib.
#include "format/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace vole::format {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib: the largest window, with a gzip header
constexpr int kMemoryLevel = 8;           // zlib's default
constexpr std::size_t kStepBytes =
    std::numeric_limits<uInt>::max();  // zlib counts its buffers in uInt
constexpr std::size_t kFirstOutputBytes = std::size_t{64} << 10;

Bytef* input_bytes(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads through it
}

base::error damaged(std::size_t offset, const std::string& what) {
  return {"gzip: compressed offset " + std::to_string(offset) + ": " + what};
}

// Inflates one member. Moves `position` to behind it and appends to `out`.
base::result<bool> inflate_member(std::string_view bytes, std::size_t& position, std::string& out,
                                  std::size_t size_limit_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindowBits) != Z_OK) throw std::bad_alloc();
  struct closer {
    z_stream* stream;
    ~closer() { inflateEnd(stream); }
  } close_at_end{&stream};
  std::size_t filled = out.size();
  for (int status = Z_OK; status != Z_STREAM_END;) {
    if (filled == out.size()) {
      if (filled >= size_limit_bytes) {
        return damaged(position,
                       "inflates to more than " + std::to_string(size_limit_bytes) + " bytes");
      }
      out.resize(std::min(std::max(kFirstOutputBytes, filled * 2), size_limit_bytes));
    }
    const std::size_t input = std::min(bytes.size() - position, kStepBytes);
    const std::size_t room = std::min(out.size() - filled, kStepBytes);
    stream.next_in = input_bytes(bytes.substr(position));
    stream.avail_in = static_cast<uInt>(input);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(room);
    status = inflate(&stream, Z_NO_FLUSH);
    position += input - stream.avail_in;
    filled += room - stream.avail_out;
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_BUF_ERROR ||
        (status == Z_OK && position == bytes.size() && filled < out.size())) {
      return damaged(position, "the file ends inside the compressed data (truncated?)");
    }
    if (status != Z_OK && status != Z_STREAM_END) {
      return damaged(position, stream.msg != nullptr ? stream.msg : "damaged data");
    }
  }
  out.resize(filled);
  return true;
}

}  // namespace

bool is_gzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

std::string gzip_compress(std::string_view bytes, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  std::size_t read = 0;
  std::size_t written = 0;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    const std::size_t input = std::min(bytes.size() - read, kStepBytes);
    const std::size_t room = std::min(out.size() - written, kStepBytes);
    stream.next_in = input_bytes(bytes.substr(read));
    stream.avail_in = static_cast<uInt>(input);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    stream.avail_out = static_cast<uInt>(room);
    status = deflate(&stream, read + input == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    read += input - stream.avail_in;
    written += room - stream.avail_out;
  }
  deflateEnd(&stream);
  out.resize(written);
  return out;
}

base::result<std::string> gzip_decompress(std::string_view bytes, std::size_t size_limit_bytes) {
  std::string out;
  std::size_t position = 0;
  do {
    if (!is_gzip(bytes.substr(position))) {
      return damaged(position, "expected the gzip magic 1f 8b of a further member");
    }
    base::result<bool> member = inflate_member(bytes, position, out, size_limit_bytes);
    if (!member) return member.failure();
  } while (position < bytes.size());
  return out;
}

}  // namespace vole::format
