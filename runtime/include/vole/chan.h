// SPDX-License-Identifier: Apache-2.0
// Channels: typed queues that goroutines meet at.
//
//   auto squares = vole::make_chan<int>();
//   vole::go([squares] {
//     for (int i = 0; i < 5; ++i) squares.send(i * i);
//     squares.close();
//   });
//   for (int s : squares) std::printf("%d\n", s);
//
// A chan<T> is a handle: copies share one channel, a default-constructed one is nil. The handle
// that an operation is called on must live until the operation returns. Moving an element must not
// wait.
//
// Happens-before (the Go memory model): a send before the receive that gets its value; the k-th
// receive before the (k + capacity)-th send returns; close() before a receive that finds it closed.
#pragma once

#include <vole/detail/annotations.h>
#include <vole/detail/chan_core.h>
#include <vole/panic.h>

#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

namespace vole {

// For channels that only signal.
using unit = std::monostate;

namespace detail {

template <class T>
VOLE_PARKS void send_value(chan_core* chan, T&& value) {
  if constexpr (element<T>::kIsBoxed) {
    auto kept = element<T>::store(std::move(value));
    chan_send(chan, &kept);
  } else {
    chan_send(chan, std::addressof(value));
  }
}

template <class T>
chan_status try_send_value(chan_core* chan, T& value) {
  if constexpr (element<T>::kIsBoxed) {
    if (!chan_may_send(chan)) return chan_status::would_block;
    auto kept = element<T>::store(std::move(value));
    const chan_status status = chan_try_send(chan, &kept);
    // Somebody was faster: the caller keeps its value.
    if (status != chan_status::ok) {
      std::destroy_at(std::addressof(value));
      std::construct_at(std::addressof(value), std::move(*kept));
    }
    return status;
  } else {
    return chan_try_send(chan, std::addressof(value));
  }
}

template <class T>
VOLE_PARKS VOLE_WAITS std::optional<T> recv_value(chan_core* chan) {
  element_slot<T> slot;
  if (!chan_recv(chan, &slot.kept)) return std::nullopt;
  element_owner<T> owner(slot);
  return std::optional<T>(std::move(owner.value()));
}

template <class T>
chan_status try_recv_value(chan_core* chan, T& out) {
  element_slot<T> slot;
  const chan_status status = chan_try_recv(chan, &slot.kept);
  if (status != chan_status::ok) return status;
  element_owner<T> owner(slot);
  out = std::move(owner.value());
  return status;
}

// Receives one element ahead of each step; ends when the channel is closed and drained.
template <class T>
class recv_iterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::input_iterator_tag;

  explicit recv_iterator(chan_handle chan) : chan_(std::move(chan)) { ++*this; }
  T& operator*() const { return *current_; }
  T* operator->() const { return &*current_; }
  VOLE_PARKS VOLE_WAITS recv_iterator& operator++() {
    current_.reset();
    element_slot<T> slot;
    if (chan_recv(chan_.get(), &slot.kept)) {
      element_owner<T> owner(slot);
      current_.emplace(std::move(owner.value()));
    }
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const recv_iterator& it, std::default_sentinel_t) {
    return !it.current_.has_value();
  }

 private:
  chan_handle chan_;
  mutable std::optional<T> current_;
};

struct chan_access;

}  // namespace detail

template <class T>
class send_chan;
template <class T>
class recv_chan;

template <class T>
class chan {
 public:
  using value_type = T;

  chan() = default;  // nil: sends and receives block for ever

  // Blocks until the value is in the buffer or a receiver has it. Throws send_on_closed_channel,
  // also when the channel is closed while it waits; the value is then destroyed.
  VOLE_PARKS void send(T v) const { detail::send_value<T>(chan_.get(), std::move(v)); }
  // Blocks until there is an element, or the channel is closed and drained: nullopt.
  VOLE_PARKS VOLE_WAITS std::optional<T> recv() const { return detail::recv_value<T>(chan_.get()); }
  // ok or would_block; throws send_on_closed_channel. Moves from `v` only on ok.
  chan_status try_send(T&& v) const { return detail::try_send_value<T>(chan_.get(), v); }
  chan_status try_send(const T& v) const {
    T copy(v);
    return detail::try_send_value<T>(chan_.get(), copy);
  }
  // Assigns `out` on ok only.
  chan_status try_recv(T& out) const { return detail::try_recv_value<T>(chan_.get(), out); }
  // Wakes all who wait: receivers get nullopt, senders throw. Throws close_of_closed_channel,
  // close_of_nil_channel.
  void close() const { detail::chan_close(chan_.get()); }

  std::size_t len() const { return detail::chan_len(chan_.get()); }  // no happens-before edge
  std::size_t cap() const { return detail::chan_cap(chan_.get()); }

  VOLE_PARKS VOLE_WAITS auto begin() const { return detail::recv_iterator<T>(chan_); }
  std::default_sentinel_t end() const { return {}; }

  explicit operator bool() const { return chan_.get() != nullptr; }
  friend bool operator==(const chan& a, const chan& b) { return a.chan_.get() == b.chan_.get(); }

 private:
  friend detail::chan_access;
  explicit chan(detail::chan_handle chan) : chan_(std::move(chan)) {}
  detail::chan_handle chan_;
};

// The sending half of a channel.
template <class T>
class send_chan {
 public:
  using value_type = T;

  send_chan() = default;
  send_chan(const chan<T>& both);  // NOLINT: meant to be implicit

  VOLE_PARKS void send(T v) const { detail::send_value<T>(chan_.get(), std::move(v)); }
  chan_status try_send(T&& v) const { return detail::try_send_value<T>(chan_.get(), v); }
  chan_status try_send(const T& v) const {
    T copy(v);
    return detail::try_send_value<T>(chan_.get(), copy);
  }
  void close() const { detail::chan_close(chan_.get()); }
  std::size_t len() const { return detail::chan_len(chan_.get()); }
  std::size_t cap() const { return detail::chan_cap(chan_.get()); }
  explicit operator bool() const { return chan_.get() != nullptr; }
  friend bool operator==(const send_chan& a, const send_chan& b) {
    return a.chan_.get() == b.chan_.get();
  }

 private:
  friend detail::chan_access;
  detail::chan_handle chan_;
};

// The receiving half of a channel.
template <class T>
class recv_chan {
 public:
  using value_type = T;

  recv_chan() = default;
  recv_chan(const chan<T>& both);  // NOLINT: meant to be implicit

  VOLE_PARKS VOLE_WAITS std::optional<T> recv() const { return detail::recv_value<T>(chan_.get()); }
  chan_status try_recv(T& out) const { return detail::try_recv_value<T>(chan_.get(), out); }
  std::size_t len() const { return detail::chan_len(chan_.get()); }
  std::size_t cap() const { return detail::chan_cap(chan_.get()); }
  VOLE_PARKS VOLE_WAITS auto begin() const { return detail::recv_iterator<T>(chan_); }
  std::default_sentinel_t end() const { return {}; }
  explicit operator bool() const { return chan_.get() != nullptr; }
  friend bool operator==(const recv_chan& a, const recv_chan& b) {
    return a.chan_.get() == b.chan_.get();
  }

 private:
  friend detail::chan_access;
  explicit recv_chan(detail::chan_handle chan) : chan_(std::move(chan)) {}
  detail::chan_handle chan_;
};

namespace detail {
// The way from handle to core and back, for vole's own.
struct chan_access {
  template <class C>
  static const chan_handle& handle(const C& chan) {
    return chan.chan_;
  }
  // The handle's reference, leaving it nil.
  template <class C>
  static chan_core* take(C& chan) {
    return chan.chan_.release();
  }
  template <class C>
  static C wrap(chan_handle chan) {
    return C(std::move(chan));
  }
};
}  // namespace detail

template <class T>
send_chan<T>::send_chan(const chan<T>& both) : chan_(detail::chan_access::handle(both)) {}
template <class T>
recv_chan<T>::recv_chan(const chan<T>& both) : chan_(detail::chan_access::handle(both)) {}

// A new, open channel. 0: unbuffered, each send meets a receive. Throws panic("makechan: size out
// of range").
template <class T>
chan<T> make_chan(std::size_t capacity = 0) {
  return detail::chan_access::wrap<chan<T>>(
      detail::chan_handle(detail::chan_make(detail::element<T>::kOps, capacity)));
}

}  // namespace vole
