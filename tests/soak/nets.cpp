// SPDX-License-Identifier: Apache-2.0
// Connections: every byte comes back, and everybody who waits is told of a close or a deadline.
#include <unistd.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/net.h>
#include <vole/wait_group.h>

#include <string>

#include "soak.h"

namespace soak {
namespace {

// Clients send texts of all sizes to a server that gives them back.
void echoing(chance& dice) {
  const vole::net::listener server = vole::net::listen("tcp", "127.0.0.1:0");
  const std::string address = server.address().text();
  const long clients = dice.from_to(1, 6);
  std::atomic<long> sent = 0;
  std::atomic<long> echoed = 0;
  vole::wait_group all;
  all.go([&] {
    for (long c = 0; c < clients; ++c) {
      all.go([&echoed, peer = server.accept()] {
        std::string buffer(1000, ' ');
        while (const std::size_t n = peer.read(std::span(buffer))) {
          peer.write(std::string_view(buffer).substr(0, n));
          echoed.fetch_add(static_cast<long>(n));
        }
      });
    }
  });
  for (long c = 0; c < clients; ++c) {
    all.go([&, dice = chance(dice.seed())]() mutable {
      const vole::net::conn peer = vole::net::dial("tcp", address);
      for (long i = dice.from_to(1, 8); i > 0; --i) {
        const std::string text(static_cast<std::size_t>(dice.from_to(1, 5000)),
                               static_cast<char>('a' + i));
        peer.write(text);
        std::string back(text.size(), ' ');
        peer.read_full(std::span(back));
        expect("echoing: what comes back is what was sent", back == text);
        sent.fetch_add(static_cast<long>(text.size()));
      }
    });
  }
  all.wait();
  server.close();
  expect_equal("echoing: every byte was seen once", echoed, sent);
}

// Readers that nobody writes to: a deadline or a close ends each wait with its own error.
void interrupted(chance& dice) {
  const vole::net::listener server = vole::net::listen("tcp", "127.0.0.1:0");
  const vole::net::conn near = vole::net::dial("tcp", server.address().text());
  const vole::net::conn far = server.accept();
  const bool is_closed = dice.one_in(2);
  vole::wait_group readers;
  for (long r = dice.from_to(1, 4); r > 0; --r) {
    readers.go([&] {
      char byte = 0;
      std::error_code error;
      expect_equal("interrupted: nothing is read", static_cast<long>(near.read({&byte, 1}, error)),
                   0);
      expect("interrupted: each waiter is told why",
             error == (is_closed ? vole::net::errc::closed : vole::net::errc::timeout));
    });
  }
  if (dice.one_in(2)) vole::sleep(std::chrono::microseconds(dice.below(300)));
  if (is_closed)
    near.close();
  else
    near.set_deadline(vole::steady_clock::now() + std::chrono::microseconds(dice.below(500)));
  readers.wait();
  vole::wait_group accepting;
  accepting.go([&] {
    std::error_code error;
    server.accept(error);
    expect("interrupted: accept is told of the close", error == vole::net::errc::closed);
  });
  if (dice.one_in(2)) vole::yield();
  server.close();
  accepting.wait();
}

// A pipe as a descriptor: numbers through it, in order.
void piping(chance& dice) {
  int ends[2];
  expect_equal("piping: a pipe", pipe(ends), 0);
  const vole::net::descriptor from(ends[0]);
  const vole::net::descriptor to(ends[1]);
  const long numbers = dice.from_to(1, 20'000);
  vole::wait_group writer;
  writer.go([&] {
    for (long i = 0; i < numbers; ++i)
      to.write(std::string_view(reinterpret_cast<const char*>(&i), sizeof i));
    to.close();
  });
  long expected = 0;
  for (long number = 0;; ++expected) {
    if (from.read_full({reinterpret_cast<char*>(&number), sizeof number}) == 0) break;
    expect_equal("piping: in order", number, expected);
  }
  writer.wait();
  expect_equal("piping: all of it", expected, numbers);
}

}  // namespace

std::vector<actor> net_actors() {
  return {{"echoing", echoing}, {"interrupted", interrupted}, {"piping", piping}};
}

}  // namespace soak
