// SPDX-License-Identifier: Apache-2.0
// Misuses whose reports check_misuse.py looks at: the one that the argument names.
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/panic.h>
#include <vole/race.h>
#include <vole/select.h>
#include <vole/sync.h>

#include <cstdio>
#include <new>
#include <string_view>

namespace {

vole::mutex guard;

template <class F>
void caught(F f) {
  try {
    f();
  } catch (const vole::panic& panic) {
    std::printf("caught: %s\n", panic.what());
  }
}

// Runs f on a goroutine of its own and waits without an edge until it has ended.
template <class F>
void elsewhere(F f) {
  vole::go({.name = "other"}, f);
  while (vole::num_goroutine() > 1) vole::yield();
}

void close_twice() {
  const auto chan = vole::make_chan<int>(1);
  chan.close();
  for (int i = 0; i < 2; ++i) caught([&] { chan.close(); });
}
void close_nil() {
  caught([] { vole::chan<int>().close(); });
}
void send_after_close() {
  const auto chan = vole::make_chan<int>(1);
  vole::wait_group group;  // an unordered send and close would be a race, too
  group.go([chan] { chan.close(); });
  group.wait();
  caught([&] { chan.send(1); });
}
void select_after_close() {
  const auto chan = vole::make_chan<int>(1);
  chan.close();
  caught([&] { vole::select(vole::on_send(chan, 1)); });
}
void count_below_zero() {
  vole::wait_group group;
  caught([&] { group.done(); });
}
void unlock_by_a_stranger() {
  guard.lock();
  elsewhere([] { guard.unlock(); });
}
void unlock_of_nobody() { guard.unlock(); }
void destroy_while_locked() {
  alignas(vole::mutex) unsigned char memory[sizeof(vole::mutex)];
  auto* mutex = new (memory) vole::mutex;
  mutex->lock();
  mutex->~mutex();
}
// Using things as they should be used, misuse next door or not.
void nothing() {
  const auto chan = vole::make_chan<int>(1);
  vole::wait_group group;
  group.add(2);
  for (int i = 0; i < 2; ++i)
    vole::go([&] {
      guard.lock();
      guard.unlock();
      group.done();
    });
  group.wait();
  chan.close();
}

}  // namespace

int main(int, char** arguments) {
  const struct {
    std::string_view name;
    void (*run)();
  } all[] = {{"close_twice", close_twice},
             {"close_nil", close_nil},
             {"send_after_close", send_after_close},
             {"select_after_close", select_after_close},
             {"count_below_zero", count_below_zero},
             {"unlock_by_a_stranger", unlock_by_a_stranger},
             {"unlock_of_nobody", unlock_of_nobody},
             {"destroy_while_locked", destroy_while_locked},
             {"nothing", nothing}};
  for (const auto& one : all)
    if (one.name == arguments[1]) one.run();
  std::printf("%zu races\n", vole::race::error_count());
}
