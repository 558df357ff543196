// SPDX-License-Identifier: Apache-2.0
// Recipes with sockets and other descriptors.
#include <unistd.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/net.h>
#include <vole/sync.h>
#include <vole/time.h>

#include <chrono>
#include <string>
#include <system_error>

#include "recipe.h"

namespace {

using namespace std::chrono_literals;

// [quote echo-server]
// Sends back what a client sends, until it hangs up or is silent for a minute.
void echo(const vole::net::conn& client) {
  char buffer[1024];
  std::error_code error;
  for (;;) {
    client.set_read_deadline(vole::steady_clock::now() + 1min);
    const std::size_t n = client.read(buffer, error);
    if (error || n == 0) return;  // the last handle goes with us, and closes the connection
    client.write({buffer, n}, error);
  }
}

// Serves until ctx ends, and returns when the last client has been served.
void serve(const vole::context& ctx, const vole::net::listener& server) {
  const auto stop = vole::after_func(ctx, [server] { server.close(); });  // ends accept()
  vole::wait_group clients;
  for (;;) {
    std::error_code error;
    vole::net::conn client = server.accept(error);
    if (error == vole::net::errc::closed) break;
    if (!error) clients.go(echo, std::move(client));  // else: one client less
  }
  clients.wait();
}
// [/quote]

// [quote request]
// One question and its answer, both within ctx's deadline.
std::string ask(const vole::context& ctx, const std::string& address, const std::string& question) {
  const vole::net::conn server = vole::net::dial(ctx, "tcp", address);
  if (const auto deadline = ctx.deadline()) server.set_deadline(*deadline);
  server.write(question);
  std::string answer(question.size(), '\0');
  server.read_full(answer);
  return answer;
}
// [/quote]

void echo_server() {
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  const vole::net::listener server = vole::net::listen("tcp", "127.0.0.1:0");
  vole::wait_group all;
  all.go([&, ctx = ctx] { serve(ctx, server); });
  const auto [request, done] = vole::with_timeout(ctx, 1min);
  for (const char* text : {"  hello", "  again"})
    std::printf("%s\n", ask(request, server.address().text(), text).c_str());
  cancel();
  all.wait();
}

void silent_server() {
  const vole::net::listener server = vole::net::listen("tcp", "127.0.0.1:0");  // nobody accepts
  const auto [ctx, cancel] = vole::with_timeout(vole::background(), 1ms);
  try {
    ask(ctx, server.address().text(), "anybody?");
  } catch (const std::system_error& error) {
    const bool is_late = error.code() == std::errc::timed_out ||
                         error.code() == vole::context_errc::deadline_exceeded;
    std::printf("  %s\n", is_late ? "too late" : error.what());
  }
}

void pipe_of_another() {
  // [quote descriptor]
  int ends[2];
  if (pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const vole::net::descriptor from(ends[0]), to(ends[1]);
  vole::wait_group writer;
  writer.go([to] { to.write("  through a pipe"); });
  char text[16];
  from.read_full(text);  // parks the goroutine, not the thread
  std::printf("%.16s\n", text);
  // [/quote]
  writer.wait();
}

}  // namespace

int main() {
  return cookbook::run_all(
      {{"echo server", echo_server}, {"silent server", silent_server}, {"pipe", pipe_of_another}});
}
