// SPDX-License-Identifier: Apache-2.0
// A reply channel inside a request.
#include <vole/chan.h>
#include <vole/go.h>

struct request {
  int value;
  vole::chan<int> reply;
};
int main() {
  const auto requests = vole::make_chan<request>();
  vole::go([requests] {
    for (const request& one : requests) one.reply.send(one.value * 2);
  });
  const auto reply = vole::make_chan<int>();
  requests.send({21, reply});
  const int answer = *reply.recv();
  requests.close();
  return answer - 42;
}
