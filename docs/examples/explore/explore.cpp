// SPDX-License-Identifier: Apache-2.0
// Finding schedules under which a function fails: random ones, all of them, and one again.
#include <vole/vole.h>

#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// [quote account]
class account {
 public:
  explicit account(int balance) : balance_(balance) {}
  int balance() {
    const std::lock_guard hold(lock_);
    return balance_;
  }
  void withdraw(int amount) {
    if (balance() < amount) return;
    const std::lock_guard hold(lock_);  // and meanwhile?
    balance_ -= amount;
  }

 private:
  vole::mutex lock_;
  int balance_;
};

void two_withdrawals() {
  account a(100);
  vole::wait_group done;
  for (int i = 0; i < 2; ++i) done.go([&] { a.withdraw(60); });
  done.wait();
  if (a.balance() < 0) throw std::runtime_error("overdrawn");
}
// [/quote]

void find_it() {
  // [quote find]
  const vole::exploration found = vole::explore(two_withdrawals, {.runs = 500});
  if (found) std::printf("found: %s\n", found.failure.c_str());
  // [/quote]
  // [quote replay]
  for (int i = 0; i < 100; ++i) {
    const vole::exploration again = vole::replay(*found, two_withdrawals);
    if (!again || again.order != found.order) std::puts("not the same");
  }
  // [/quote]
}

// [quote withdraw]
void withdraw(vole::mutex& lock, int& balance, int amount) {
  const std::lock_guard hold(lock);
  if (balance >= amount) balance -= amount;
}
// [/quote]

void prove_it() {
  // [quote dfs]
  const auto fixed = [] {
    vole::mutex lock;
    int balance = 100;
    vole::wait_group done;
    for (int i = 0; i < 2; ++i) done.go([&] { withdraw(lock, balance, 60); });
    done.wait();
    if (balance < 0) throw std::runtime_error("overdrawn");
  };
  const vole::exploration all =
      vole::explore(fixed, {.runs = 100'000, .policy = "dfs:preemptions=3"});
  std::printf("fixed: %s, %s\n", all ? all.failure.c_str() : "no failure",
              all.is_exhausted ? "and there are no more schedules" : "so far");
  // [/quote]
}

void lock_order() {
  // [quote deadlock]
  const auto transfers = [] {
    vole::mutex a, b;
    vole::wait_group done;
    done.go([&] { const std::scoped_lock both(a, b); });  // std::lock: never holds and waits
    done.go([&] {
      const std::lock_guard second(b);
      const std::lock_guard first(a);
    });
    done.go([&] {
      const std::lock_guard first(a);
      const std::lock_guard second(b);
    });
    done.wait();
  };
  const vole::exploration found = vole::explore(transfers, {.policy = "pct:depth=2", .seed = 7});
  std::printf("transfers: %s\n", first_line(found.failure).c_str());
  // [/quote]
}

void time_out() {
  // [quote leak]
  const auto ask_with_a_limit = [] {
    const auto answer = vole::make_chan<int>();  // a capacity of 1 is the cure
    vole::go([answer] {
      vole::sleep(1s);
      answer.send(42);
    });
    vole::select(vole::on_recv(answer), vole::on_recv(vole::after(1s)));
  };
  const vole::exploration found = vole::explore(ask_with_a_limit);
  std::printf("limit: %s\n", first_line(found.failure).c_str());
  // [/quote]
}

}  // namespace

int main() {
  find_it();
  prove_it();
  lock_order();
  time_out();
}
