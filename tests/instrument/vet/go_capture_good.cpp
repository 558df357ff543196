// SPDX-License-Identifier: Apache-2.0
// Goroutines whose references are safe, or might be: not one warning.
// expected-no-diagnostics
#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>

#include "vole_like.h"

void use(int);
struct opaque {
  void something();
};
void hand_over(opaque&);
void give(v::group*);

int global;

void by_value(int n) {
  v::go([n] { use(n); });
  v::go([=] { use(n); });
  v::go([m = n] { use(m); });
}
void not_automatic(int& reference) {
  static int persistent;
  v::go([&] { use(global + persistent + reference); });
}
void range_of_references(int (&all)[3]) {
  for (int& one : all) v::go([&] { use(one); });
}
void waited_for() {
  int x = 0;
  v::group g;
  g.go([&] { x = 1; });
  g.wait();
}
void waited_in_the_loop() {
  for (int i = 0; i < 3; ++i) {
    v::group g;
    g.go([&] { use(i); });
    g.wait();
  }
}
void waited_on_one_path(bool b) {
  int x = 0;
  v::group g;
  g.go([&] { x = 1; });
  if (b) g.wait();
}
void waited_after_the_loop() {
  int sum = 0;
  v::group g;
  for (int i = 0; i < 3; ++i) g.go([&sum, i] { sum += i; });
  g.wait();
}
void received() {
  int x = 0;
  v::channel<int> done;
  v::go([&] {
    x = 1;
    done.send(1);
  });
  done.recv();
}
void sent_to_the_goroutine() {
  int x = 0;
  v::channel<int> stop;
  v::go([&x, stop] {
    x = 1;
    stop.recv();
  });
  stop.send(1);
}
void joined_at_the_end() {
  int x = 0;
  v::joining_group g;
  g.go([&] { x = 1; });
}
void joined_though_declared_first() {
  v::joining_group g;
  int x = 0;
  g.go([&] { x = 1; });
}
struct guard {
  v::group& g;
  ~guard() { g.wait(); }
};
void guarded() {
  int x = 0;
  v::group g;
  guard end{g};
  g.go([&] { x = 1; });
}
template <class F>
struct at_end {
  F f;
  ~at_end() { f(); }
};
void deferred() {
  int x = 0;
  v::group g;
  at_end end{[&] { g.wait(); }};
  g.go([&] { x = 1; });
}
void wait_for_all(v::group& g) { g.wait(); }
void waited_in_a_callee() {
  int x = 0;
  v::group g;
  g.go([&] { x = 1; });
  wait_for_all(g);
}
void perhaps_in_an_opaque_callee() {
  int x = 0;
  opaque o;
  v::go([&] {
    x = 1;
    o.something();
  });
  hand_over(o);
}
void perhaps_in_an_opaque_method() {
  int x = 0;
  opaque o;
  v::go([&] {
    x = 1;
    o.something();
  });
  o.something();
}
void through_a_function(const std::function<void()>& wait) {
  int x = 0;
  v::go([&] { x = 1; });
  wait();
}
void standard_primitives() {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  v::go([&] { promise.set_value(1); });
  future.get();
}
void standard_condition() {
  std::mutex m;
  std::condition_variable c;
  bool ready = false;
  v::go([&] {
    std::lock_guard hold(m);
    ready = true;
    c.notify_one();
  });
  std::unique_lock hold(m);
  c.wait(hold, [&] { return ready; });
}
void spinning() {
  std::atomic<bool> ready = false;
  v::go([&] { ready = true; });
  while (!ready) {
  }
}
template <class F>
void until(F is_true) {
  while (!is_true()) v::sleep(1);
}
void spinning_in_a_callee() {
  std::atomic<bool> ready = false;
  v::go([&] { ready = true; });
  until([&] { return ready.load(); });
}
void for_ever() {
  int x = 0;
  v::go([&] { x = 1; });
  for (;;) v::sleep(1);
}
void does_not_return() {
  int x = 0;
  v::go([&] { x = 1; });
  v::goexit();
}
void of_an_outer_function() {
  int x = 0;
  v::group g;
  auto start = [&] { g.go([&] { x = 1; }); };
  start();
  g.wait();
}
template <class T>
void never_instantiated(T value) {
  v::go([&] { use(value); });
}
template <class F>
void not_a_spawner(F&& f) {
  f();
}
void run_at_once() {
  int x = 0;
  not_a_spawner([&] { x = 1; });
}
