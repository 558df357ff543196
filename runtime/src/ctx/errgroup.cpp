// SPDX-License-Identifier: Apache-2.0
// The core of vole::errgroup: a wait group, the first failure, a limit, a context to cancel. What
// orders its users' memory is announced by these parts.
#include <vole/errgroup.h>

#include <vole/panic.h>
#include <vole/sync.h>

#include <atomic>
#include <string>
#include <utility>

#include "base/spin_lock.h"

namespace vole {
namespace detail {

struct errgroup_core {
  wait_group members;
  context_handle canceled;  // none: no context
  chan<unit> tokens;        // one for each member that runs; nil: no limit
  // Members that run, with or without a limit. Relaxed everywhere: a number only; members.done()
  // and wait() put the last decrement before what follows wait().
  std::atomic<std::size_t> active = 0;
  base::spin_lock lock{base::lock_rank::leaf};
  std::exception_ptr failure VOLE_GUARDED_BY(lock);  // the first

  std::exception_ptr first_failure() {
    const base::spin_guard guard(lock);
    return failure;
  }
  void cancel(std::exception_ptr cause) {
    if (canceled.get() != nullptr) context_cancel(canceled.get(), std::move(cause));
  }
};

errgroup_core* errgroup_make(context_handle canceled) {
  auto* const core = new errgroup_core;
  core->canceled = std::move(canceled);
  return core;
}

void errgroup_destroy(errgroup_core* core) noexcept {
  core->cancel(nullptr);
  core->members.wait();
  delete core;
}

void errgroup_enter(errgroup_core* core) {
  if (core->tokens) core->tokens.send({});
  core->active.fetch_add(1, std::memory_order_relaxed);  // relaxed: only counted
  core->members.add();
}

bool errgroup_try_enter(errgroup_core* core) {
  if (core->tokens && core->tokens.try_send(unit()) != chan_status::ok) return false;
  core->active.fetch_add(1, std::memory_order_relaxed);  // relaxed: only counted
  core->members.add();
  return true;
}

void errgroup_leave(errgroup_core* core) noexcept {
  if (core->tokens) core->tokens.recv();
  core->active.fetch_sub(1, std::memory_order_relaxed);  // relaxed: only counted
  core->members.done();
}

void errgroup_fail(errgroup_core* core, std::exception_ptr failure) noexcept {
  {
    const base::spin_guard guard(core->lock);
    if (core->failure) return;
    core->failure = failure;
  }
  core->cancel(std::move(failure));
}

void errgroup_set_limit(errgroup_core* core, std::ptrdiff_t n) {
  // Those who run without a limit count too: they would wait for ever for a token to give back.
  if (const std::size_t active = core->active.load(std::memory_order_relaxed); active != 0)
    throw panic("errgroup: modify limit while " + std::to_string(active) +
                " goroutines in the group are still active");
  core->tokens = n < 0 ? chan<unit>() : make_chan<unit>(static_cast<std::size_t>(n));
}

void errgroup_wait(errgroup_core* core) {
  core->members.wait();
  const std::exception_ptr failure = core->first_failure();
  core->cancel(failure);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail

std::pair<errgroup, context> errgroup::with_context(const context& parent) {
  auto [ctx, cancel] = with_cancel(parent);
  cancel.detach();  // the group cancels
  return {errgroup(detail::errgroup_make(detail::context_access::handle(ctx))), ctx};
}

}  // namespace vole
