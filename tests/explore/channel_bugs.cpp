// SPDX-License-Identifier: Apache-2.0
// Bugs with channels, selects, contexts and timers. Kernels of GoKer are named by their origin.
#include <vole/vole.h>

#include <memory>
#include <mutex>
#include <stdexcept>

#include "tests/explore/corpus.h"

namespace vole_test {
namespace {

using namespace std::chrono_literals;
using vole::chan;
using vole::make_chan;
using vole::on_default;
using vole::on_recv;
using vole::on_send;
using vole::unit;

template <bool kFixed>
void len_and_then_recv() {
  const auto items = make_chan<int>(2);
  items.send(1);
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([items] {
      int item;
      if (kFixed)
        items.try_recv(item);
      else if (items.len() > 0)
        items.recv();
    });
  done.wait();
}

template <bool kFixed>
void closed_by_both() {
  const auto over = make_chan<unit>();
  vole::once once;
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([&] {
      if (kFixed) return once.call([&] { over.close(); });
      vole::select(on_recv(over), on_default([&] { over.close(); }));
    });
  done.wait();
}

template <bool kFixed>
void send_after_close() {
  const auto items = make_chan<int>(1);
  vole::wait_group done;
  done.go([&] { items.send(1); });
  if (kFixed) done.wait();
  items.close();
  done.wait();
}

// etcd_6857: a request to a loop that may have stopped.
template <bool kFixed>
void request_to_a_stopped_loop() {
  const auto status = make_chan<chan<int>>();
  const auto stop = make_chan<unit>();
  const auto done = make_chan<unit>();
  vole::go([=] {
    bool is_over = false;
    while (!is_over)
      vole::select(on_recv(status, [](std::optional<chan<int>> reply) { reply->send(1); }),
                   on_recv(stop, [&](auto) { is_over = true; }));
    done.close();
  });
  vole::go([=] {
    const auto reply = make_chan<int>();
    if (!kFixed) {
      status.send(reply);
      reply.recv();
      return;
    }
    bool is_sent = false;
    vole::select(on_send(status, reply, [&] { is_sent = true; }), on_recv(done));
    if (is_sent) reply.recv();
  });
  vole::select(on_send(stop, unit{}), on_recv(done));
  done.recv();
}

// grpc_660: the answer of an attempt that nobody waits for any more.
template <bool kFixed>
void abandoned_answer() {
  const auto stop = make_chan<unit>(1);
  const auto answer = make_chan<unit>(kFixed ? 1 : 0);
  vole::go([=] { answer.send({}); });
  stop.send({});
  vole::select(on_recv(stop), on_recv(answer));
}

// kubernetes_5316: a time limit that leaves the worker behind.
template <bool kFixed>
void time_limit() {
  const auto result = make_chan<int>(kFixed ? 1 : 0);
  vole::go([=] {
    vole::sleep(2ms);
    result.send(1);
  });
  vole::select(on_recv(result), on_recv(vole::after(1ms)));
}

// The worker needs as long as the limit: it depends on which of two timers comes first.
template <bool kFixed>
void time_limit_that_is_just_reached() {
  const auto result = make_chan<int>(kFixed ? 1 : 0);
  vole::go([=] {
    vole::sleep(1ms);
    result.send(1);
  });
  vole::select(on_recv(result), on_recv(vole::after(1ms)));
}

// cockroach_13197: a context that nobody cancels.
template <bool kFixed>
void context_of_a_dropped_transaction() {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  vole::go([ctx = ctx] { ctx.done().recv(); });
  if (!kFixed) cancel.detach();
}

// kubernetes_25331: cancels first, and then sends what nobody will take.
template <bool kFixed>
void result_after_cancel() {
  auto [ctx, cancel] = vole::with_cancel(vole::background());
  const auto result = make_chan<int>();
  vole::wait_group done;
  done.go([&, ctx = ctx] {
    if (kFixed) {
      vole::select(on_send(result, 1), on_recv(ctx.done()));
      return;
    }
    result.send(1);
  });
  done.go([&] { cancel(); });
  vole::select(on_recv(result), on_recv(ctx.done()));
  done.wait();
}

// grpc_1460: a receive while the lock is held that the sender needs.
template <bool kFixed>
void receive_with_a_lock() {
  vole::mutex lock;
  bool has_stream = false;
  const auto wake = make_chan<unit>();
  vole::wait_group done;
  done.go([&] {
    std::unique_lock guard(lock);
    if (has_stream) return;
    if (kFixed) guard.unlock();
    wake.recv();
  });
  done.go([&] {
    {
      const std::lock_guard guard(lock);
      has_stream = true;
    }
    if (kFixed)
      wake.close();
    else
      vole::select(on_send(wake, unit{}), on_default());
  });
  done.wait();
}

// istio_16224: the handler holds the lock, and sends to the one who wants it.
template <bool kFixed>
void send_with_a_lock() {
  vole::mutex lock;
  const auto events = make_chan<unit>();
  const auto handled = make_chan<unit>(kFixed ? 1 : 0);
  vole::go([&] {
    events.recv();
    const std::lock_guard guard(lock);
    handled.send({});
  });
  events.send({});
  lock.lock();
  lock.unlock();
  handled.recv();
  const std::lock_guard until_it_has_ended(lock);
}

// cockroach_2448: two loops, each waiting for the other to take what it has.
template <bool kFixed>
void two_loops() {
  const auto events = make_chan<unit>();
  const auto callbacks = make_chan<unit>();
  vole::wait_group done;
  done.go([&] {
    for (int i = 0; i < 2; ++i) {
      events.recv();
      callbacks.send({});
    }
  });
  done.go([&] {
    int sent = 0, called = 0;
    while (sent < 2 || called < 2) {
      const bool may_send = sent < 2 && (kFixed ? sent == called : true);
      vole::select(on_send(may_send ? events : chan<unit>(), unit{}, [&] { ++sent; }),
                   on_recv(callbacks, [&](auto) { ++called; }));
      if (!kFixed && sent == 1 && called == 0) {  // one ahead, without looking at the callbacks
        events.send({});
        ++sent;
      }
    }
  });
  done.wait();
}

// serving_3068: a pool that is closed while somebody submits.
template <bool kFixed>
void pool_closed_early() {
  const auto work = make_chan<int>(5);
  vole::wait_group submitters;
  submitters.go([&] {
    for (int i = 0; i < 2; ++i) {
      vole::sleep(10ms);
      work.send(i);
    }
  });
  if (kFixed)
    submitters.wait();
  else
    vole::sleep(15ms);
  work.close();
  submitters.wait();
}

// moby_33781: a probe that outlives its monitor.
template <bool kFixed>
void probe_outlives_monitor() {
  const auto stop = make_chan<unit>();
  vole::go([=] {
    const auto results = make_chan<int>(kFixed ? 1 : 0);
    vole::go([=] { results.send(1); });
    vole::select(on_recv(stop), on_recv(results));
  });
  vole::select(on_send(stop, unit{}), on_recv(vole::after(1s)));
}

}  // namespace

#define VOLE_BUG(name, failure) {#name, failure, &name<false>, &name<true>}

const std::vector<bug>& channel_bugs() {
  static const std::vector<bug> all = {
      VOLE_BUG(len_and_then_recv, "deadlock: "),
      VOLE_BUG(closed_by_both, "exception: close of closed channel"),
      VOLE_BUG(send_after_close, "exception: send on closed channel"),
      VOLE_BUG(request_to_a_stopped_loop, "leak: "),
      VOLE_BUG(abandoned_answer, "leak: "),
      VOLE_BUG(time_limit, "leak: "),
      VOLE_BUG(time_limit_that_is_just_reached, "leak: "),
      VOLE_BUG(context_of_a_dropped_transaction, "leak: "),
      VOLE_BUG(result_after_cancel, "deadlock: "),
      VOLE_BUG(receive_with_a_lock, "deadlock: "),
      VOLE_BUG(send_with_a_lock, "deadlock: "),
      VOLE_BUG(two_loops, "deadlock: "),
      VOLE_BUG(pool_closed_early, "exception: send on closed channel"),
      VOLE_BUG(probe_outlives_monitor, "leak: "),
  };
  return all;
}

}  // namespace vole_test
