// SPDX-License-Identifier: Apache-2.0
// A request with a deadline: whichever comes first, the answer or the end of the context.
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/time.h>

#include <cstdio>
#include <string>

using namespace std::chrono_literals;

// Answers after `delay`. The channel has room for the answer, so that the goroutine can end even
// when nobody takes it: with an unbuffered one it would leak.
vole::recv_chan<std::string> ask(std::string question, vole::duration delay) {
  const auto answer = vole::make_chan<std::string>(1);
  vole::go([=] {
    vole::sleep(delay);
    answer.send(question + "? yes");
  });
  return answer;
}

std::string ask_for_at_most(vole::duration limit, std::string question, vole::duration delay) {
  const auto [ctx, cancel] = vole::with_timeout(vole::background(), limit);
  std::optional<std::string> answer;
  vole::select(vole::on_recv(ask(std::move(question), delay), answer), vole::on_recv(ctx.done()));
  return answer ? *answer : ctx.err().message();
}

int main() {
  std::printf("%s\n", ask_for_at_most(1h, "quick", 1ms).c_str());
  std::printf("%s\n", ask_for_at_most(1ms, "slow", 1h).c_str());
}
