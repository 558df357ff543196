// SPDX-License-Identifier: Apache-2.0
// Recipes in which values flow from channel to channel.
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "recipe.h"

namespace {

// [quote generator]
// The numbers from `first` on, for as long as somebody wants them.
vole::recv_chan<int> count_from(int first, vole::context ctx) {
  const auto out = vole::make_chan<int>();
  vole::go([out, first, ctx] {
    vole::defer close_out([&] { out.close(); });
    int n = first;
    while (vole::select(vole::on_send(out, n), vole::on_recv(ctx.done())) == 0) ++n;
  });
  return out;
}
// [/quote]

void generator() {
  // [quote generator-use]
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  for (const int n : count_from(7, ctx)) {
    std::printf("  %d\n", n);
    if (n == 9) break;
  }
  cancel();  // or the end of the scope: without it the generator would wait for ever
  // [/quote]
}

// [quote pipeline]
// Gives f(item) for each item of `in`, in a goroutine of its own.
template <class T, class F>
auto stage(vole::context ctx, vole::recv_chan<T> in, F f) {
  using result = std::invoke_result_t<F&, T>;
  const auto out = vole::make_chan<result>();
  vole::go([out, in, f, ctx]() mutable {
    vole::defer close_out([&] { out.close(); });
    for (T& item : in)
      if (vole::select(vole::on_send(out, f(std::move(item))), vole::on_recv(ctx.done())) != 0)
        return;
  });
  return vole::recv_chan<result>(out);
}
// [/quote]

void pipeline() {
  // [quote pipeline-use]
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto numbers = count_from(1, ctx);
  const auto squares = stage(ctx, numbers, [](int n) { return n * n; });
  const auto lines = stage(ctx, squares, [](int n) { return "  " + std::to_string(n); });
  for (int i = 0; i < 3; ++i) std::printf("%s\n", lines.recv()->c_str());
  // [/quote]
}

// [quote fan-in]
// What comes out of any of the sources; closed when all of them are.
template <class T>
vole::recv_chan<T> merge(const std::vector<vole::recv_chan<T>>& sources, vole::context ctx) {
  const auto out = vole::make_chan<T>();
  const auto forwarders = std::make_shared<vole::wait_group>();
  for (const auto& source : sources) {
    forwarders->go([out, source, ctx] {
      for (T& item : source)
        if (vole::select(vole::on_send(out, std::move(item)), vole::on_recv(ctx.done())) != 0)
          return;
    });
  }
  vole::go([out, forwarders] {
    forwarders->wait();
    out.close();
  });
  return out;
}
// [/quote]

vole::recv_chan<int> numbers_up_to(int last) {
  const auto out = vole::make_chan<int>();
  vole::go([out, last] {
    for (int n = 1; n <= last; ++n) out.send(n);
    out.close();
  });
  return out;
}

void fan_out_and_fan_in() {
  // [quote fan-out]
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  const vole::recv_chan<int> jobs = numbers_up_to(100);
  std::vector<vole::recv_chan<int>> results;
  for (int i = 0; i < 4; ++i)  // fan-out: four stages receive from one channel
    results.push_back(stage(ctx, jobs, [](int n) { return n * n; }));
  int sum = 0;
  for (const int square : merge(results, ctx)) sum += square;
  std::printf("  %d\n", sum);
  // [/quote]
}

// [quote or-done]
// `in`, but closed when ctx ends: for channels of others, who do not know our context.
template <class T>
vole::recv_chan<T> or_done(vole::context ctx, vole::recv_chan<T> in) {
  const auto out = vole::make_chan<T>();
  vole::go([out, in, ctx] {
    vole::defer close_out([&] { out.close(); });
    std::optional<T> item;
    while (vole::select(vole::on_recv(ctx.done()), vole::on_recv(in, item)) == 1 && item)
      if (vole::select(vole::on_recv(ctx.done()), vole::on_send(out, std::move(*item))) == 0)
        return;
  });
  return out;
}
// [/quote]

void or_done_channel() {
  // [quote or-done-use]
  const auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto news = vole::make_chan<std::string>(1);  // nobody will ever close it
  news.send("  something has happened");
  for (const std::string& item : or_done<std::string>(ctx, news)) {
    std::printf("%s\n", item.c_str());
    cancel();
  }
  // [/quote]
}

void nil_channel() {
  // [quote nil-channel]
  vole::recv_chan<int> left = numbers_up_to(3), right = numbers_up_to(5);
  int sum = 0;
  const auto take_from = [&](vole::recv_chan<int>& from) {
    return [&](std::optional<int> n) {
      if (n)
        sum += *n;
      else
        from = {};  // closed: from now on its case is never ready
    };
  };
  while (left || right)
    vole::select(vole::on_recv(left, take_from(left)), vole::on_recv(right, take_from(right)));
  std::printf("  %d\n", sum);
  // [/quote]
}

}  // namespace

int main() {
  return cookbook::run_all({{"generator", generator},
                            {"pipeline", pipeline},
                            {"fan-out and fan-in", fan_out_and_fan_in},
                            {"or-done", or_done_channel},
                            {"nil channel", nil_channel}});
}
