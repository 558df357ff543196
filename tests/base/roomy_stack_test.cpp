// SPDX-License-Identifier: Apache-2.0
// The laws of roomy_stack.h.
#include "base/roomy_stack.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace {

using vole::base::roomy_stack;

[[gnu::noinline]] int fill(std::size_t bytes) {
  volatile char* const taken = static_cast<volatile char*>(__builtin_alloca(bytes));
  for (std::size_t i = 0; i < bytes; i += 1024) taken[i] = 1;
  return taken[0];
}

// Not under AddressSanitizer, which would not know the stack.
TEST(roomy_stack, has_room_where_the_caller_has_none) {
  static roomy_stack stack;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 128 << 10);
  pthread_t small;
  int result = 0;
  auto body = [](void* out) -> void* {
    stack.run([&] { *static_cast<int*>(out) = fill(700 << 10); });
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&small, &attributes, body, &result), 0);
  pthread_join(small, nullptr);
  EXPECT_EQ(result, 1);
}

TEST(roomy_stack, keeps_the_callers_values_and_catches_inside) {
  roomy_stack stack;
  double sum = 0.5;
  std::string text = "kept";
  for (int i = 0; i < 100; ++i) {
    stack.run([&] {
      try {
        throw std::runtime_error("inside");
      } catch (const std::runtime_error& e) {
        text = e.what() + std::to_string(i);
      }
      sum += i;
    });
  }
  EXPECT_EQ(text, "inside99");
  EXPECT_EQ(sum, 4950.5);
}

}  // namespace
