// SPDX-License-Identifier: Apache-2.0
// The raw writer prints what stdio would have printed, through a pipe instead of stderr.
#include "base/raw_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace {

template <class F>
std::string written(F&& write_to) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  {
    vole::base::raw_writer out(ends[1]);
    write_to(out);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[256];
  for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  return text;
}

TEST(raw_log, writes_numbers_as_stdio_does) {
  EXPECT_EQ(written([](auto& out) {
              out << std::uint64_t{0} << " " << UINT64_MAX << " " << INT64_MIN << " " << -5;
            }),
            "0 18446744073709551615 -9223372036854775808 -5");
  EXPECT_EQ(written([](auto& out) { out.hex(0).hex(0xdeadbeef); }), "0x00xdeadbeef");
}

TEST(raw_log, text_longer_than_the_buffer_arrives_whole) {
  const std::string text(5'000, 'v');
  EXPECT_EQ(written([&](auto& out) { out << std::string_view(text); }), text);
}

}  // namespace
