// SPDX-License-Identifier: Apache-2.0
// Cases that outlive the named channel which they borrow: clang must warn of each line marked so,
// and of no other. Compiled by the test, never run.
#include <vole/chan.h>
#include <vole/select.h>

#include <optional>

vole::select_case of_a_local() {
  const auto ch = vole::make_chan<int>(1);
  return vole::on_recv(ch);  // warned of
}
vole::select_case of_a_parameter(vole::recv_chan<int> ch) {
  return vole::on_recv(ch, [](std::optional<int>) {});  // warned of
}
vole::select_case to_send() {
  const auto ch = vole::make_chan<int>(1);
  return vole::on_send(ch, 1);  // warned of
}
void of_a_lambdas_own(std::optional<int>& out) {
  vole::select([&] {
    const auto ch = vole::make_chan<int>(1);
    return vole::on_recv(ch, out);  // warned of
  }());
}

vole::select_case of_a_temporary() { return vole::on_recv(vole::make_chan<int>(1)); }
vole::select_case given_over() {
  auto ch = vole::make_chan<int>(1);
  return vole::on_recv(std::move(ch));
}
vole::select_case of_the_callers(const vole::chan<int>& ch) { return vole::on_recv(ch); }
