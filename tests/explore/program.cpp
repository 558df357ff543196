// SPDX-License-Identifier: Apache-2.0
// A whole program for VOLE_SCHED: prints the order in which its goroutines get somewhere, and ends
// as the argument says. Run by check_program.py.
#include <vole/vole.h>

#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

using namespace std::chrono_literals;

namespace {

vole::mutex lock;
std::string order;  // under the lock

const vole::chan<int> tickets = vole::make_chan<int>(1);  // made before main

void work(char name) {
  for (int i = 0; i < 5; ++i) {
    if (i == 3) vole::sleep(10ms);
    tickets.send(i);
    {
      const std::lock_guard guard(lock);
      order += name;
    }
    tickets.recv();
  }
}

int end(const std::string& how) {
  if (how == "deadlock") {
    lock.lock();
    lock.lock();
  }
  if (how == "goexit") {
    vole::go([] { vole::sleep(10ms); });
    vole::goexit();
  }
  if (how == "panic") vole::go([] { throw std::runtime_error("boom"); });
  if (how == "panic") vole::sleep(1s);
  if (how == "running")
    vole::go([] {
      for (;;) vole::yield();
    });
  if (how == "thread") {
    const auto ch = vole::make_chan<int>();
    std::thread other([ch] { ch.send(1); });
    ch.recv();
    other.join();
  }
  if (how == "io") vole::net::listen("tcp", "127.0.0.1:0").accept();
  return how == "seven" ? 7 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  vole::wait_group done;
  for (char name = 'a'; name < 'e'; ++name) done.go(work, name);
  done.wait();
  std::puts(order.c_str());
  std::fflush(stdout);
  return end(argc > 1 ? argv[1] : "");
}
