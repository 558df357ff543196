// SPDX-License-Identifier: Apache-2.0
// Connections over the loopback.
#include <vole/net.h>

#include <array>

#include "themes.h"

namespace bench {
namespace {

// A server that gives every byte back, and `connections` clients that send one byte and wait for
// it, n / connections times each.
void echo(long n, long connections) {
  const vole::net::listener server = vole::net::listen("tcp", "127.0.0.1:0");
  const std::string address = server.address().text();
  vole::wait_group all;
  all.go([&] {
    for (long c = 0; c < connections; ++c) {
      all.go([peer = server.accept()] {
        std::array<char, 1> byte{};
        while (peer.read(byte) == 1) peer.write({byte.data(), 1});
      });
    }
  });
  for (long c = 0; c < connections; ++c) {
    all.go([&] {
      const vole::net::conn peer = vole::net::dial("tcp", address);
      std::array<char, 1> byte{};
      for (long i = 0; i < n; i += connections) {
        peer.write({byte.data(), 1});
        peer.read_full(byte);
      }
      peer.close();
    });
  }
  all.wait();
  server.close();
}

// Operation: one byte goes to a server and comes back.
void tcp_echo(long n) { echo(n, 1); }

// Operation: one byte goes to a server and comes back; sixty-four connections at once.
void tcp_echo_many(long n) { echo(n, 64); }

}  // namespace

void net(const suite& rows) {
  rows.row("tcp_echo", tcp_echo);
  rows.row("tcp_echo_many", tcp_echo_many);
}

}  // namespace bench
