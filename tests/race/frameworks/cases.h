// SPDX-License-Identifier: Apache-2.0
// What the tests of all three frameworks do: something without a race, and something with one.
#pragma once

#include <vole/chan.h>
#include <vole/go.h>

inline int shared_number = 0;

inline void write_in_turn() {
  const auto done = vole::make_chan<int>();
  vole::go([done] {
    shared_number = 1;
    done.send(1);
  });
  done.recv();
  shared_number = 2;
}

// The other goroutine's write comes last, so that the race is found there.
inline void write_at_once() {
  const auto done = vole::make_chan<int>(1);
  static int turn = 0;
  vole::go([done] {
    while (__atomic_load_n(&turn, __ATOMIC_RELAXED) == 0) vole::yield();
    shared_number = 3;
    done.send(1);
  });
  shared_number = 4;
  __atomic_store_n(&turn, 1, __ATOMIC_RELAXED);
  done.recv();
}
