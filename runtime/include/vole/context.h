// SPDX-License-Identifier: Apache-2.0
// Contexts: cancellation, deadlines and values that go down a tree of calls.
//
//   auto [ctx, cancel] = vole::with_timeout(request, 2s);
//   std::optional<reply> got;
//   switch (vole::select(vole::on_recv(answers, got), vole::on_recv(ctx.done()))) {
//     case 0: return *got;
//     case 1: throw std::system_error(ctx.err());   // "context deadline exceeded"
//   }
//
// cancel() happens before done() is received from and before err() and cause() tell of it. No
// goroutine stands behind a context.
#pragma once

#include <vole/chan.h>
#include <vole/detail/context_core.h>
#include <vole/time.h>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace vole {

enum class context_errc { canceled = 1, deadline_exceeded };
std::error_code make_error_code(context_errc e) noexcept;

}  // namespace vole

template <>
struct std::is_error_code_enum<vole::context_errc> : std::true_type {};

namespace vole {

// Names a value in contexts. Its identity is its address: make it static.
template <class T>
struct context_key {
  std::string_view name;
};

// A handle: copies are the same context.
class context {
 public:
  // Ends, as canceled, when a stop is requested.
  context(std::stop_token token);  // NOLINT: meant to be implicit
  // Its stop is requested when the context ends. After a deadline that may take a moment.
  operator std::stop_token() const;  // NOLINT: meant to be implicit

  // Closed when the context ends. Nil for one that never ends.
  recv_chan<unit> done() const;
  std::error_code err() const;  // none while it has not ended
  // Why it ended: what was given to cancel(), or the deadline's, or a std::system_error with err().
  std::exception_ptr cause() const;
  std::optional<time_point> deadline() const;  // its own or an ancestor's, whichever is first
  // The value nearest on the way up, or null. Lives as long as the context.
  template <class T>
  const T* value(const context_key<T>& key) const {
    return static_cast<const T*>(detail::context_value(node_.get(), &key));
  }

 private:
  friend detail::context_access;
  explicit context(detail::context_handle node) noexcept : node_(std::move(node)) {}
  detail::context_handle node_;  // none: the background
};

// Cancels its context when called, for the first time, and when destroyed. Movable.
class [[nodiscard]] cancel_func {
 public:
  explicit cancel_func(detail::context_handle node) noexcept : node_(std::move(node)) {}
  cancel_func(cancel_func&& other) noexcept = default;
  cancel_func& operator=(cancel_func&& other) noexcept {
    cancel_func old(std::move(*this));
    node_ = std::move(other.node_);
    return *this;
  }
  ~cancel_func() { (*this)(); }

  // Everything derived from the context has ended when this returns.
  void operator()(std::exception_ptr cause = {}) const {
    if (node_.get() != nullptr) detail::context_cancel(node_.get(), std::move(cause));
  }
  // Gives up the duty to cancel.
  void detach() noexcept { node_ = {}; }

 private:
  detail::context_handle node_;
};

context background();
context todo();  // for places where it is not yet clear which context to use

std::pair<context, cancel_func> with_cancel(const context& parent);
// End at the deadline with deadline_exceeded, and `cause` if one is given.
std::pair<context, cancel_func> with_deadline(const context& parent, time_point deadline,
                                              std::exception_ptr cause = {});
std::pair<context, cancel_func> with_timeout(const context& parent, duration limit,
                                             std::exception_ptr cause = {});
context without_cancel(const context& parent);  // keeps the values only

namespace detail {

struct context_access {
  static context_node* node(const context& ctx) noexcept { return ctx.node_.get(); }
  static const context_handle& handle(const context& ctx) noexcept { return ctx.node_; }
  static context wrap(context_handle node) noexcept { return context(std::move(node)); }
};

// Cancels a context when a stop is requested. In the header, so that the race detector sees
// std::stop_token's own synchronisation.
struct stop_listener {
  struct canceler {
    context_node* node;
    void operator()() const noexcept { context_cancel(node, {}); }
  };
  stop_listener(std::stop_token&& token, context_node* node)
      : callback(std::move(token), canceler{node}) {}
  std::stop_callback<canceler> callback;
};

}  // namespace detail

template <class T>
context with_value(const context& parent, const context_key<T>& key,
                   std::type_identity_t<T> value) {
  auto kept = std::make_unique<T>(std::move(value));
  detail::context_handle node(
      detail::context_make_value(detail::context_access::node(parent), &key, kept.get(),
                                 [](void* at) { std::default_delete<T>()(static_cast<T*>(at)); }));
  static_cast<void>(kept.release());
  return detail::context_access::wrap(std::move(node));
}

// Calls f in a goroutine of its own when ctx ends, at once if it has. The result stops that: true
// when it kept f from being started. It doesn't wait for f, and may be dropped.
template <class F>
[[gnu::always_inline]] inline std::function<bool()> after_func(const context& ctx, F f) {
  static_assert(std::is_invocable_v<F&>, "after_func takes a function without arguments");
  auto closure = std::make_unique<F>(std::move(f));
  detail::after_handle call(detail::after_make(
      detail::context_access::node(ctx),
      [](void* at) { static_cast<void>(std::invoke(*static_cast<F*>(at))); },
      [](void* at) { std::default_delete<F>()(static_cast<F*>(at)); }, closure.get()));
  static_cast<void>(closure.release());
  return [call = std::move(call), ctx] {
    return detail::after_stop(call.get(), detail::context_access::node(ctx));
  };
}

inline context::context(std::stop_token token) {
  if (!token.stop_possible()) return;
  node_ = detail::context_handle(detail::context_make_cancelable());
  auto listener = std::make_unique<detail::stop_listener>(std::move(token), node_.get());
  detail::context_keep(node_.get(), listener.release(), [](void* at) {
    std::default_delete<detail::stop_listener>()(static_cast<detail::stop_listener*>(at));
  });
}

inline context::operator std::stop_token() const {
  if (!detail::context_can_end(node_.get())) return {};
  auto source = std::make_unique<std::stop_source>();
  // Another conversion may have come first: its source is the one.
  const auto [kept, has_ended] = detail::context_keep_stop(
      node_.get(), source.get(),
      [](void* at) { static_cast<std::stop_source*>(at)->request_stop(); },
      [](void* at) {
        std::default_delete<std::stop_source>()(static_cast<std::stop_source*>(at));
      });
  if (kept == source.get()) static_cast<void>(source.release());
  auto* const one = static_cast<std::stop_source*>(kept);
  if (has_ended) one->request_stop();
  return one->get_token();
}

}  // namespace vole
