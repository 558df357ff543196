// SPDX-License-Identifier: Apache-2.0
// An echo server and its clients in one program: a goroutine for each connection, a deadline
// against clients that say nothing, and an end that leaves nobody behind.
#include <vole/go.h>
#include <vole/net.h>
#include <vole/wait_group.h>

#include <cstdio>
#include <string>

using namespace std::chrono_literals;

// Sends back what comes, until the client has said all, or is silent for a minute.
void serve(const vole::net::conn& client) {
  char buffer[4096];
  std::error_code error;
  for (;;) {
    client.set_read_deadline(vole::steady_clock::now() + 1min);
    const std::size_t n = client.read(buffer, error);
    if (n == 0) return;  // the end, or an error
    client.write({buffer, n}, error);
    if (error) return;
  }
}

// Accepts until the listener is closed.
void accept_all(const vole::net::listener& server) {
  vole::wait_group clients;
  std::error_code error;
  for (;;) {
    const vole::net::conn client = server.accept(error);
    if (error) break;
    clients.go([client] { serve(client); });
  }
  std::printf("server: %s\n", error.message().c_str());
  clients.wait();
}

// Says `line`, and returns what comes back.
std::string ask(const std::string& address, const std::string& line) {
  const vole::net::conn server = vole::net::dial("tcp", address);
  server.write(line);
  server.close_write();
  std::string answer;
  char buffer[4096];
  while (const std::size_t n = server.read(buffer)) answer.append(buffer, n);
  return answer;
}

int main() {
  const vole::net::listener server = vole::net::listen("tcp", "127.0.0.1:0");
  const std::string address = server.address().text();
  vole::wait_group serving;
  serving.go([server] { accept_all(server); });

  std::string answers[3];
  vole::wait_group asking;
  for (int i = 0; i < 3; ++i)
    asking.go([&, i] { answers[i] = ask(address, "line " + std::to_string(i)); });
  asking.wait();
  for (const std::string& answer : answers) std::printf("%s\n", answer.c_str());

  server.close();
  serving.wait();
}
