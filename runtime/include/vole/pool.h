// SPDX-License-Identifier: Apache-2.0
// A store of things that are costly to make and may be used again.
//
//   vole::pool<std::string> buffers([] { return std::string(); });
//   std::string text = buffers.get();
//   ...
//   text.clear();
//   buffers.put(std::move(text));
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace vole {

namespace detail {

// An item in the pool; the list is the library's.
struct pool_node {
  pool_node* next = nullptr;
};

struct pool_shards;

class pool_core {
 public:
  constexpr pool_core() noexcept = default;
  ~pool_core();
  pool_core(const pool_core&) = delete;
  pool_core& operator=(const pool_core&) = delete;

  bool put(pool_node* node);  // false: the pool is full, the node is still the caller's
  pool_node* get() noexcept;  // null: there is none
  // A node that came from get() is about to be deleted.
  static void forget(pool_node* node) noexcept;

 private:
  pool_shards* shards_ = nullptr;  // made by the first put
};

}  // namespace detail

// put(x) happens before the get() that returns x; different items order nothing. What is put is
// kept until it is got or the pool is destroyed, but not more than 4096 items. Never blocks.
template <class T>
class pool {
 public:
  // `make` is called, by any goroutine, also by several at once, when there is nothing to reuse.
  explicit pool(std::function<T()> make) : make_(std::move(make)) {}
  ~pool() {
    while (const std::unique_ptr<node> one = take()) {
    }
  }
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  T get() {
    if (const std::unique_ptr<node> one = take()) return std::move(one->item);
    return make_();
  }

  void put(T item) {
    auto one = std::make_unique<node>(std::move(item));
    if (core_.put(one.get())) static_cast<void>(one.release());
  }

 private:
  struct node : detail::pool_node {
    explicit node(T&& from) : item(std::move(from)) {}
    ~node() { detail::pool_core::forget(this); }
    T item;
  };
  std::unique_ptr<node> take() { return std::unique_ptr<node>(static_cast<node*>(core_.get())); }

  std::function<T()> make_;
  detail::pool_core core_;
};

}  // namespace vole
