// SPDX-License-Identifier: Apache-2.0
// add() inside the goroutine that it is to count, and what looks like it.
#include "vole_like.h"

void work();

void too_late() {
  v::group g;  // expected-note {{'g' declared here}}
  // expected-warning@+2 {{the goroutine itself announces to 'g'}}
  v::go([&] {
    g.add();
    work();
    g.done();
  });
  g.wait();
}

void too_late_in_a_loop(v::group& g) {  // expected-note {{'g' declared here}}
  for (int i = 0; i < 3; ++i) {
    auto body = [&g] {
      if (true) g.add(1);  // expected-warning {{the goroutine itself announces to 'g'}}
      g.done();
    };
    v::go(body);
  }
  g.wait();
}

void in_time() {
  v::group g;
  g.add();
  v::go([&] { g.done(); });
  g.wait();
}

// The first goroutine is counted, so it may announce a second.
void counted_announces_another() {
  v::group g;
  g.add();
  v::go([&] {
    g.add();
    v::go([&g] { g.done(); });
    g.done();
  });
  g.wait();
}

void the_groups_own_go() {
  v::group g;
  g.go([&] {
    g.add();
    v::go([&g] { g.done(); });
  });
  g.wait();
}

// Who waits, and when, is not seen here.
void waited_for_elsewhere(v::group& g) {
  v::go([&] {
    g.add();
    g.done();
  });
}

void no_goroutine() {
  v::group g;
  auto later = [&] { g.add(); };
  later();
  g.wait();
}
