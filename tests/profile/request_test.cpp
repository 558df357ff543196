// SPDX-License-Identifier: Apache-2.0
// Goal: the server's HTTP reads what clients send and refuses what it can't, without a socket.
#include "profile/http/request.h"

#include <gtest/gtest.h>

namespace {

using vole::profile::head_size;
using vole::profile::parse_head;
using vole::profile::percent_decoded;

TEST(request, a_head_ends_with_an_empty_line) {
  EXPECT_FALSE(head_size(""));
  EXPECT_FALSE(head_size("GET / HTTP/1.1\r\nHost: x\r\n"));
  EXPECT_EQ(head_size("GET / HTTP/1.1\r\n\r\nrest"), 18u);
}

TEST(request, line_and_headers_are_read) {
  const auto request = parse_head(
      "POST /debug/pprof/sym%62ol?a=1&b=x%20y+z HTTP/1.1\r\ncontent-LENGTH:  12 \r\n"
      "Expect: 100-Continue\r\n\r\n");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/debug/pprof/symbol");
  EXPECT_EQ(request->query, "a=1&b=x%20y+z");
  EXPECT_EQ(request->body_size, 12u);
  EXPECT_TRUE(request->expects_continue);
  EXPECT_FALSE(request->is_chunked);
  EXPECT_EQ(request->parameter("a"), "1");
  EXPECT_EQ(request->parameter("b"), "x y z");
  EXPECT_EQ(request->parameter("c"), "");
}

TEST(request, what_is_no_request_is_refused) {
  for (const char* head :
       {"\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / FTP/1\r\n\r\n",
        "GET http://x/ HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"})
    EXPECT_FALSE(parse_head(head)) << head;
}

TEST(request, escapes_are_decoded_and_bad_ones_stay) {
  EXPECT_EQ(percent_decoded("%41%2b+", false), "A++");
  EXPECT_EQ(percent_decoded("%41%2b+", true), "A+ ");
  EXPECT_EQ(percent_decoded("100%", true), "100%");
  EXPECT_EQ(percent_decoded("%4", true), "%4");
  EXPECT_EQ(percent_decoded("%zz", true), "%zz");
}

TEST(request, an_answer_says_its_length_and_that_it_closes) {
  EXPECT_EQ(vole::profile::response_head(404, {{"Content-Type", "text/plain"}}, 3),
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
            "Connection: close\r\n\r\n");
}

}  // namespace
