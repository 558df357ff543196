// SPDX-License-Identifier: Apache-2.0
// Goroutines by the thousand, and on stacks of all sizes.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/wait_group.h>

#include <array>

#include "soak.h"

namespace soak {
namespace {

void storm(chance& dice) {
  const long goroutines = dice.from_to(1, 3000);
  std::atomic<long> ran = 0;
  vole::wait_group all;
  for (long g = 0; g < goroutines; ++g) all.go([&] { ran.fetch_add(1); });
  all.wait();
  expect_equal("storm: each goroutine runs once", ran, goroutines);
}

void tree_node(vole::chan<long> up, long children, long depth) {
  if (depth == 0) return up.send(1);
  const auto below = vole::make_chan<long>();
  for (long c = 0; c < children; ++c) vole::go(tree_node, below, children, depth - 1);
  long sum = 0;
  for (long c = 0; c < children; ++c) sum += *below.recv();
  up.send(sum);
}

void tree(chance& dice) {
  const auto root = vole::make_chan<long>();
  const long children = dice.from_to(2, 5);
  long leaves = 1;
  for (int depth = 0; depth < 4; ++depth) leaves *= children;
  vole::go(tree_node, root, children, 4);
  expect_equal("tree: each leaf counts once", *root.recv(), leaves);
}

// Fills a frame of a kibibyte for each level and checks it on the way back, after waits.
long dig(long depth, unsigned char mark) {
  std::array<unsigned char, 1024> frame;
  frame.fill(mark);
  if (depth % 16 == 0) vole::yield();
  const long below = depth > 0 ? dig(depth - 1, static_cast<unsigned char>(mark + 1)) : 0;
  long wrong = 0;
  for (const unsigned char byte : frame) wrong += byte != mark;
  return below + wrong;
}

void stacks(chance& dice) {
  std::atomic<long> wrong = 0;
  vole::wait_group all;
  const long goroutines = dice.from_to(1, 8);
  all.add(static_cast<int>(goroutines));
  for (long g = 0; g < goroutines; ++g) {
    const long kib = dice.one_in(2) ? dice.from_to(1, 40) : dice.from_to(100, 400);
    const std::size_t size = kib > 40 ? std::size_t{1} << 20 : 0;
    vole::go({.name = "digger", .stack_bytes = size}, [&, kib, g] {
      wrong.fetch_add(dig(kib, static_cast<unsigned char>(g)));
      all.done();
    });
  }
  all.wait();
  expect_equal("stacks: nobody else writes into a stack", wrong, 0);
}

}  // namespace

std::vector<actor> spawning_actors() {
  return {{"storm", storm}, {"tree", tree}, {"stacks", stacks}};
}

}  // namespace soak
