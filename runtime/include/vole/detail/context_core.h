// SPDX-License-Identifier: Apache-2.0
// The nodes of the tree behind <vole/context.h>.
#pragma once

#include <exception>
#include <utility>

namespace vole::detail {

struct context_node;
struct context_access;
struct after_call;

void retain(context_node* node) noexcept;
void release(context_node* node) noexcept;
void retain(after_call* call) noexcept;
void release(after_call* call) noexcept;

// One reference to a Node, or none.
template <class Node>
class node_handle {
 public:
  node_handle() = default;
  explicit node_handle(Node* owned) noexcept : node_(owned) {}
  node_handle(const node_handle& other) noexcept : node_(other.node_) {
    if (node_ != nullptr) retain(node_);
  }
  node_handle(node_handle&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  node_handle& operator=(node_handle other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~node_handle() {
    if (node_ != nullptr) release(node_);
  }
  Node* get() const noexcept { return node_; }

 private:
  Node* node_ = nullptr;
};

using context_handle = node_handle<context_node>;
using after_handle = node_handle<after_call>;

// A null node is the background. Nodes and calls that are made come with a reference.
context_node* context_make_cancelable();  // without a parent
context_node* context_make_value(context_node* parent, const void* key, void* value,
                                 void (*destroy)(void* value));
const void* context_value(const context_node* node, const void* key) noexcept;
bool context_can_end(const context_node* node) noexcept;
void context_cancel(context_node* node, std::exception_ptr cause);

// The node owns `object` from now on.
void context_keep(context_node* node, void* object, void (*destroy)(void* object));

struct kept_stop {
  void* object;
  bool has_ended;
};
// The node owns `object`, and calls `request` when the context ends, unless it has one already.
// Gives the one that it has; when the context has ended, the caller makes the request.
kept_stop context_keep_stop(context_node* node, void* object, void (*request)(void* object),
                            void (*destroy)(void* object));

// Takes over `closure`.
after_call* after_make(context_node* node, void (*run)(void* closure),
                       void (*destroy)(void* closure), void* closure);
bool after_stop(after_call* call, context_node* node);

}  // namespace vole::detail
