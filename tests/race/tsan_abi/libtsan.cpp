// SPDX-License-Identifier: Apache-2.0
// A program that was linked with ThreadSanitizer's own runtime beside vole::race: it must say so
// and end before main.
#include <cstdio>

int main() {
  std::puts("main runs");
  return 0;
}
