// SPDX-License-Identifier: Apache-2.0
// result<T> holds a value or the whole chain of steps that failed.
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace {
using vole::base::error;
using vole::base::result;

TEST(result, holds_a_move_only_value) {
  result<std::unique_ptr<int>> held(std::make_unique<int>(3));
  ASSERT_TRUE(held);
  EXPECT_EQ(**held, 3);
  EXPECT_EQ(*std::move(held).operator*(), 3);
}

TEST(result, failure_puts_the_outer_step_first) {
  const result<int> inner(error{"offset 12: varint longer than 10 bytes"});
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.failure("cpu.pb.gz").text, "cpu.pb.gz: offset 12: varint longer than 10 bytes");
  EXPECT_EQ(inner.failure().text, inner.error_text());
}

}  // namespace
