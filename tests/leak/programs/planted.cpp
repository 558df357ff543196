// SPDX-License-Identifier: Apache-2.0
// Plants a goroutine that can never wake, of the kind named by the argument, and prints what
// find_unreachable() and find() say of it. A process of its own: nothing can end such a goroutine.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/leak.h>
#include <vole/select.h>
#include <vole/time.h>

#include <chrono>
#include <cstdio>
#include <string_view>

int main(int argc, char** argv) {
  const std::string_view kind = argc == 2 ? argv[1] : "";
  if (kind == "receive_nil") vole::go([] { vole::chan<int>().recv(); });
  if (kind == "send_nil") vole::go([] { vole::chan<int>().send(1); });
  if (kind == "no_cases") vole::go([] { vole::select(); });
  if (kind == "possible") vole::go([] { vole::sleep(std::chrono::hours(1)); });
  if (kind == "none") vole::go([] { vole::yield(); });
  // The proof exists from the moment it has parked; a "possible" one never gets a proof.
  const bool is_provable = kind != "possible" && kind != "none";
  auto proven = vole::leak::find_unreachable();
  while (is_provable && !proven) {
    vole::yield();
    proven = vole::leak::find_unreachable();
  }
  std::printf("proven: %s", proven ? proven->text().c_str() : "nothing\n");
  const auto start = std::chrono::steady_clock::now();
  const auto found = vole::leak::find();
  const auto waited = std::chrono::steady_clock::now() - start;
  std::printf("found: %s", found ? found->text().c_str() : "nothing\n");
  std::printf("waited: %s\n", waited >= std::chrono::milliseconds(431) ? "to the end" : "less");
  return found ? 1 : 0;
}
