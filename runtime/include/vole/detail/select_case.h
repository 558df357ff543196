// SPDX-License-Identifier: Apache-2.0
// One case of a select: a channel, and whatever value, slot and handler go with it, in one movable
// type.
#pragma once

#include <vole/chan.h>
#include <vole/detail/chan_core.h>

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace vole {

namespace detail {

struct case_access;

// What a select_case knows of its payload.
struct payload_ops {
  void (*move)(void* to, void* from) noexcept;  // and destroys *from
  void (*destroy)(void* at) noexcept;
  void* (*kept)(void* at) noexcept;  // the value to send, or the slot to receive into
  void (*finish)(void* at, bool is_received);
};

inline constexpr std::size_t kPayloadBytes = 96;  // a std::string, its slot and a small handler

// A payload inside the case, or behind a pointer if it is large or may throw when moved.
template <class P>
struct payload_traits {
  static constexpr bool kIsInside = sizeof(P) <= kPayloadBytes &&
                                    alignof(P) <= alignof(std::max_align_t) &&
                                    std::is_nothrow_move_constructible_v<P>;
  static P& get(void* at) noexcept {
    if constexpr (kIsInside)
      return *static_cast<P*>(at);
    else
      return **static_cast<P**>(at);
  }
  static void make(void* at, P&& from) {
    if constexpr (kIsInside)
      ::new (at) P(std::move(from));
    else
      ::new (at) P*(std::make_unique<P>(std::move(from)).release());
  }
  static void move(void* to, void* from) noexcept {
    if constexpr (kIsInside) {
      ::new (to) P(std::move(get(from)));
      destroy(from);
    } else {
      ::new (to) P*(&get(from));
    }
  }
  static void destroy(void* at) noexcept {
    if constexpr (kIsInside)
      std::destroy_at(&get(at));
    else
      std::default_delete<P>()(&get(at));
  }
  static void* kept(void* at) noexcept { return get(at).kept(); }
  static void finish(void* at, bool is_received) { get(at).finish(is_received); }
  static constexpr payload_ops kOps{&move, &destroy, &kept, &finish};
};

}  // namespace detail

// Made by on_recv, on_send and on_default; used by one select. Movable.
class [[nodiscard]] select_case {
 public:
  select_case(select_case&& other) noexcept
      : chan_(std::move(other.chan_)), kind_(other.kind_), ops_(other.ops_) {
    if (ops_ != nullptr) ops_->move(payload_, other.payload_);
    other.ops_ = nullptr;
  }
  select_case& operator=(select_case&& other) noexcept {
    if (this != &other) {
      std::destroy_at(this);
      std::construct_at(this, std::move(other));
    }
    return *this;
  }
  ~select_case() {
    if (ops_ != nullptr) ops_->destroy(payload_);
  }

 private:
  friend detail::case_access;
  select_case(detail::case_kind kind, detail::chan_handle chan) noexcept
      : chan_(std::move(chan)), kind_(kind) {}

  detail::chan_handle chan_;
  detail::case_kind kind_;
  const detail::payload_ops* ops_ = nullptr;  // null: moved from
  alignas(std::max_align_t) std::byte payload_[detail::kPayloadBytes];
};

namespace detail {

struct case_access {
  template <class P>
  static select_case make(case_kind kind, chan_handle chan, P&& payload) {
    select_case result(kind, std::move(chan));
    payload_traits<P>::make(result.payload_, std::move(payload));
    result.ops_ = &payload_traits<P>::kOps;
    return result;
  }
  static case_view view(select_case& one) noexcept {
    if (one.ops_ == nullptr) return {nullptr, nullptr, case_kind::receive};  // moved from: like nil
    return {one.chan_.get(), one.ops_->kept(one.payload_), one.kind_};
  }
  static void finish(select_case& one, bool is_received) {
    one.ops_->finish(one.payload_, is_received);
  }
};

struct do_nothing {
  void operator()() const noexcept {}
};
struct drop_element {};

template <class T, class F>
struct receive_payload {
  F f;
  element_slot<T> slot{};

  explicit receive_payload(F handler = {}) : f(std::move(handler)) {}
  // The slot is empty while the case can be moved.
  receive_payload(receive_payload&& other) noexcept(std::is_nothrow_move_constructible_v<F>)
      : f(std::move(other.f)) {}

  void* kept() noexcept { return &slot.kept; }
  void finish(bool is_received) {
    std::optional<T> got;
    if (is_received) {
      element_owner<T> owner(slot);
      if constexpr (!std::is_same_v<F, drop_element>) got.emplace(std::move(owner.value()));
    }
    if constexpr (!std::is_same_v<F, drop_element>) f(std::move(got));
  }
};

template <class T, class F>
struct send_payload {
  typename element<T>::stored value;
  F f;

  void* kept() noexcept { return std::addressof(value); }
  void finish(bool) { f(); }
};

template <class F>
struct default_payload {
  F f;

  void* kept() noexcept { return nullptr; }
  void finish(bool) { f(); }
};

template <class C, class P>
select_case make_case(case_kind kind, const C& chan, P&& payload) {
  return case_access::make(kind, chan_access::handle(chan), std::move(payload));
}

template <class F>
select_case make_default(F f) {
  return case_access::make(case_kind::none, chan_handle(), default_payload<F>{std::move(f)});
}

}  // namespace detail
}  // namespace vole
