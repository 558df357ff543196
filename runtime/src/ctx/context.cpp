// SPDX-License-Identifier: Apache-2.0
// The public functions of contexts.
#include <vole/context.h>

#include <string>
#include <utility>

#include "ctx/context_node.h"
#include "event/emit.h"
#include "sched/park.h"

namespace vole {
namespace {

using detail::cancel_node;
using detail::context_access;
using detail::context_handle;
using detail::context_node;

class context_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "context"; }
  std::string message(int code) const override {
    switch (static_cast<context_errc>(code)) {
      case context_errc::canceled:
        return "context canceled";
      case context_errc::deadline_exceeded:
        return "context deadline exceeded";
    }
    return "context error " + std::to_string(code);
  }
};

cancel_node* scope_of(const context& ctx) {
  context_node* const node = context_access::node(ctx);
  return node != nullptr ? node->scope : nullptr;
}

// The scope, if it has ended, and everybody can see it.
cancel_node* ended_scope_of(const context& ctx) {
  cancel_node* const scope = scope_of(ctx);
  event::emit::operation_begun(event::operation::context, scope);
  // acquire: pairs with the release in end_one(); sees error and cause
  if (scope == nullptr || !scope->has_ended.load(std::memory_order_acquire)) return nullptr;
  detail::wait_for_end(*scope);
  return scope;
}

// Takes both references of a new node.
std::pair<context, cancel_func> as_pair(cancel_node* node) {
  return {context_access::wrap(context_handle(node)), cancel_func(context_handle(node))};
}

std::pair<context, cancel_func> make_with_deadline(const context& parent,
                                                   detail::deadline_request&& request) {
  return as_pair(detail::make_cancel_node(context_access::node(parent), 2, &request));
}

}  // namespace

std::error_code make_error_code(context_errc e) noexcept {
  static constinit const context_category category;
  return {static_cast<int>(e), category};
}

recv_chan<unit> context::done() const {
  cancel_node* const scope = scope_of(*this);
  if (scope == nullptr) return {};
  detail::chan_core* const done = detail::done_channel(*scope);
  detail::chan_retain(done);
  return detail::chan_access::wrap<recv_chan<unit>>(detail::chan_handle(done));
}

std::error_code context::err() const {
  const cancel_node* const scope = ended_scope_of(*this);
  return scope != nullptr ? scope->error : std::error_code();
}

std::exception_ptr context::cause() const {
  const cancel_node* const scope = ended_scope_of(*this);
  if (scope == nullptr) return nullptr;
  return scope->cause ? scope->cause : std::make_exception_ptr(std::system_error(scope->error));
}

std::optional<time_point> context::deadline() const {
  const cancel_node* const scope = scope_of(*this);
  return scope != nullptr ? scope->deadline : std::nullopt;
}

context background() { return context_access::wrap({}); }
context todo() { return context_access::wrap({}); }

std::pair<context, cancel_func> with_cancel(const context& parent) {
  return as_pair(detail::make_cancel_node(context_access::node(parent), 2));
}

std::pair<context, cancel_func> with_deadline(const context& parent, time_point deadline,
                                              std::exception_ptr cause) {
  return make_with_deadline(parent, {deadline, std::move(cause), deadline <= steady_clock::now()});
}

std::pair<context, cancel_func> with_timeout(const context& parent, duration limit,
                                             std::exception_ptr cause) {
  return make_with_deadline(parent,
                            {detail::later(limit), std::move(cause), limit <= duration::zero()});
}

context without_cancel(const context& parent) {
  context_node* const node = context_access::node(parent);
  if (node == nullptr) return parent;
  auto* const made = new context_node;
  detail::retain(node);
  made->parent = node;
  return context_access::wrap(context_handle(made));
}

}  // namespace vole
