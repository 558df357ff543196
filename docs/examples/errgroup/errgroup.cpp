// SPDX-License-Identifier: Apache-2.0
// Three look-ups at once: the first failure cancels the others and is what wait() throws.
#include <vole/context.h>
#include <vole/errgroup.h>

#include <cstdio>
#include <stdexcept>
#include <string>

// Stands for a slow look-up that gives up when nobody wants its answer any more.
void look_up_for_ever(const vole::context& ctx) {
  ctx.done().recv();
  throw std::system_error(ctx.err());
}

int main() {
  auto [lookups, ctx] = vole::errgroup::with_context(vole::background());
  lookups.go([ctx = ctx] { look_up_for_ever(ctx); });
  lookups.go([ctx = ctx] { look_up_for_ever(ctx); });
  lookups.go([] { throw std::runtime_error("no such host: nowhere.example"); });
  try {
    lookups.wait();
  } catch (const std::exception& error) {
    std::printf("failed: %s\n", error.what());
  }
  std::printf("the others ended with: %s\n", ctx.err().message().c_str());
}
