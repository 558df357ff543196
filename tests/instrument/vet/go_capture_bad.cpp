// SPDX-License-Identifier: Apache-2.0
// Goroutines that refer to a variable which ends before they do: each is warned of, once.
#include <cassert>
#include <functional>
#include <utility>

#include "vole_like.h"

void use(int);

void explicit_capture() {
  int x = 0;  // expected-note {{'x' declared here; capture it by value, or wait}}
  // expected-warning@+1 {{goroutine refers to local variable 'x', and nothing waits for the}}
  v::go([&x] { x = 1; });
}

void implicit_capture() {
  int x = 0, y = 0;  // expected-note {{'x' declared here}} expected-note {{'y' declared here}}
  v::go([&] {
    x = 1;  // expected-warning {{local variable 'x'}}
    x = 2;
    y = 2;  // expected-warning {{local variable 'y'}}
  });
}

void parameter(int n) {    // expected-note {{'n' declared here}}
  v::go([&] { use(n); });  // expected-warning {{parameter 'n'}}
}

void init_and_mixed(int n) {  // expected-note {{'n' declared here}}
  int kept = 1;
  v::go([kept, &n] { use(kept + n); });  // expected-warning {{parameter 'n'}}
}

void loop_variable() {
  v::group g;
  for (int i = 0; i < 3; ++i) {  // expected-note {{'i' declared here}}
    g.go([&] { use(i); });       // expected-warning {{loop variable 'i'}}
  }
  g.wait();  // too late: i is gone
}

void range_variable(const int (&all)[3]) {
  v::group g;
  for (int one : all) {       // expected-note {{'one' declared here}}
    g.go([&] { use(one); });  // expected-warning {{loop variable 'one'}}
  }
  g.wait();
}

void inner_scope() {
  v::group g;
  {
    int x = 0;              // expected-note {{'x' declared here}}
    g.go([&] { use(x); });  // expected-warning {{local variable 'x'}}
  }
  g.wait();
}

void waited_before() {
  v::group g;
  g.wait();
  int x = 0;              // expected-note {{'x' declared here}}
  g.go([&] { use(x); });  // expected-warning {{local variable 'x'}}
}

void sleeping_is_not_waiting() {
  int x = 0;              // expected-note {{'x' declared here}}
  v::go([&] { x = 1; });  // expected-warning {{local variable 'x'}}
  v::sleep(10);
}

void stored_first() {
  int x = 0;                // expected-note {{'x' declared here}}
  auto f = [&] { x = 1; };  // expected-warning {{local variable 'x'}}
  v::go(f);
}

void stored_and_moved() {
  int x = 0;                 // expected-note {{'x' declared here}}
  auto f = [&x] { x = 1; };  // expected-warning {{local variable 'x'}}
  v::go(std::move(f));
}

void by_ref(void (*f)(int&)) {
  int x = 0;              // expected-note {{'x' declared here}}
  v::go(f, std::ref(x));  // expected-warning {{local variable 'x'}}
}

void the_goroutine_waits_but_not_we() {
  v::group g;                // expected-note {{'g' declared here}}
  v::go([&] { g.wait(); });  // expected-warning {{local variable 'g'}}
}

void in_a_lambda() {
  auto outer = [] {
    int x = 0;              // expected-note {{'x' declared here}}
    v::go([&] { x = 1; });  // expected-warning {{local variable 'x'}}
  };
  outer();
}

void in_a_goroutine() {
  v::go([] {
    int x = 0;              // expected-note {{'x' declared here}}
    v::go([&] { x = 1; });  // expected-warning {{local variable 'x'}}
  });
}

template <class T>
void in_a_template(T value) {  // expected-note {{'value' declared here}}
  v::go([&] { use(value); });  // expected-warning {{parameter 'value'}}
}
template void in_a_template(int);
template void in_a_template(char);  // warned of once for all instances

struct object {
  void method() {
    int x = 0;              // expected-note {{'x' declared here}}
    v::go([&] { x = 1; });  // expected-warning {{local variable 'x'}}
  }
};

void given_as_a_number() {
  int x = 0;              // expected-note {{'x' declared here}}
  v::go([&] { x = 1; });  // expected-warning {{local variable 'x'}}
  use(x);
}

void in_a_condition(bool b) {
  int x = 0;                     // expected-note {{'x' declared here}}
  if (b) v::go([&] { x = 1; });  // expected-warning {{local variable 'x'}}
}

void asserted_afterwards(bool b) {
  int x = 0;              // expected-note {{'x' declared here}}
  v::go([&] { x = 1; });  // expected-warning {{local variable 'x'}}
  assert(b);
}
