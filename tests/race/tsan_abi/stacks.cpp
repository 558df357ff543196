// SPDX-License-Identifier: Apache-2.0
// Races whose stacks check_stacks.py knows: the functions named here, innermost first. Compiled by
// other compilers with -fsanitize=thread, with frame pointers and without.
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <thread>

#define APART __attribute__((noinline))

int shared = 0;
int sink = 0;
std::jmp_buf out;

APART void leaf() {
  shared = shared + 1;
  asm volatile("" : : : "memory");
}
APART void middle(int depth) {
  if (depth > 0) {
    middle(depth - 1);
  } else {
    leaf();
  }
  sink = depth;
}
APART void outer() {
  middle(2);
  sink = 4;
}

// What is left without a return: its frames are none of those of what is called next.
APART void left_behind(bool by_jump, int depth) {
  char room[32];
  std::memset(room, depth, sizeof room);
  asm volatile("" : : "r"(room) : "memory");
  if (depth > 0) {
    left_behind(by_jump, depth - 1);
  } else if (by_jump) {
    std::longjmp(out, 1);
  } else {
    throw std::runtime_error("out");
  }
  sink = depth;
}
APART void roomy(int value) {
  char room[4096];
  std::memset(room, value, sizeof room);
  asm volatile("" : : "r"(room) : "memory");
  leaf();
  sink = room[17];
}
APART void after_throw() {
  try {
    left_behind(false, 3);
  } catch (const std::exception&) {
    sink = 1;
  }
  roomy(1);
  sink = 2;
}
APART void after_jump() {
  if (setjmp(out) == 0) left_behind(true, 3);
  roomy(1);
  sink = 2;
}

int main(int count, char** arguments) {
  const char* name = count == 2 ? arguments[1] : "";
  void (*scenario)() = nullptr;
  if (std::strcmp(name, "calls") == 0) scenario = &outer;
  if (std::strcmp(name, "throws") == 0) scenario = &after_throw;
  if (std::strcmp(name, "jumps") == 0) scenario = &after_jump;
  if (scenario == nullptr) {
    std::fputs("stacks: expected one of calls, throws, jumps\n", stderr);
    return 2;
  }
  std::thread other([] { leaf(); });
  scenario();
  other.join();
  return 0;
}
