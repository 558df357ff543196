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

// What a select_case knows of its payload. Null functions do nothing.
struct payload_ops {
  void (*move)(void* to, void* from) noexcept;  // and destroys *from
  void (*destroy)(void* at) noexcept;
  void (*finish)(void* at, bool is_received);
  bool is_inside;  // or behind a pointer
};

inline constexpr std::size_t kPayloadBytes = 96;  // a std::string, its slot and a small handler

// A payload inside the case, or behind a pointer if it is large or may throw when moved. It starts
// with what the channel works on: the value to send, or the slot to receive into.
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
  static void finish(void* at, bool is_received) { get(at).finish(is_received); }
  static constexpr payload_ops kOps{&move, kIsInside&& P::kIsForgotten ? nullptr : &destroy,
                                    P::kIsFinished ? nullptr : &finish, kIsInside};
};

}  // namespace detail

// Made by on_recv, on_send and on_default; used by one select. Movable. A case that was made from a
// named channel may borrow it (see kIsBorrowTold), so that a case in the call of a select costs
// nothing; as soon as it is moved (into a container, say) it holds the channel as a handle does.
class [[nodiscard]] select_case {
 public:
  select_case(select_case&& other) noexcept
      : chan_(other.chan_), kind_(other.kind_), owns_(chan_ != nullptr), ops_(other.ops_) {
    if (owns_ && !other.owns_) detail::chan_retain(chan_);
    if (ops_ != nullptr) ops_->move(payload_, other.payload_);
    other.chan_ = nullptr;
    other.owns_ = false;
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
    if (ops_ != nullptr && ops_->destroy != nullptr) ops_->destroy(payload_);
    if (owns_) detail::chan_release(chan_);
  }

 private:
  friend detail::case_access;
  select_case(detail::case_kind kind, detail::chan_core* chan, bool owns) noexcept
      : chan_(chan), kind_(kind), owns_(owns) {}

  detail::chan_core* chan_;
  detail::case_kind kind_;
  bool owns_;
  const detail::payload_ops* ops_ = nullptr;  // null: moved from
  alignas(std::max_align_t) std::byte payload_[detail::kPayloadBytes];
};

namespace detail {

struct case_access {
  template <class P>
  static select_case make(case_kind kind, chan_core* chan, bool owns, P&& payload) {
    select_case result(kind, chan, owns);
    payload_traits<P>::make(result.payload_, std::move(payload));
    result.ops_ = &payload_traits<P>::kOps;
    return result;
  }
  static case_view view(select_case& one) noexcept {
    if (one.ops_ == nullptr) return {nullptr, nullptr, case_kind::receive};  // moved from: like nil
    void* const kept = one.ops_->is_inside ? one.payload_ : *reinterpret_cast<void**>(one.payload_);
    return {one.chan_, kept, one.kind_};
  }
  static void finish(select_case& one, bool is_received) {
    if (one.ops_->finish != nullptr) one.ops_->finish(one.payload_, is_received);
  }
};

struct do_nothing {
  void operator()() const noexcept {}
};
struct drop_element {};

// Payloads. kIsForgotten: it may be forgotten without its destructor; kIsFinished: nothing is left
// to do after the operation.
template <class T, class F>
struct receive_payload {
  static constexpr bool kIsForgotten = std::is_trivially_destructible_v<F>;
  static constexpr bool kIsFinished = std::is_same_v<F, drop_element> &&
                                      std::is_trivially_destructible_v<typename element<T>::stored>;

  element_slot<T> slot{};  // first; empty while the case can be moved
  F f;

  explicit receive_payload(F handler = {}) : f(std::move(handler)) {}
  receive_payload(receive_payload&& other) noexcept(std::is_nothrow_move_constructible_v<F>)
      : f(std::move(other.f)) {}

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
  static constexpr bool kIsForgotten =
      std::is_trivially_destructible_v<typename element<T>::stored> &&
      std::is_trivially_destructible_v<F>;
  static constexpr bool kIsFinished = std::is_same_v<F, do_nothing>;

  typename element<T>::stored value;  // first
  F f;

  void finish(bool) { f(); }
};

template <class F>
struct default_payload {
  static constexpr bool kIsForgotten = std::is_trivially_destructible_v<F>;
  static constexpr bool kIsFinished = std::is_same_v<F, do_nothing>;

  F f;

  void finish(bool) { f(); }
};

// A case borrows a named channel where the compiler tells who lets it outlive the channel: clang
// warns (-Wreturn-stack-address, -Wdangling; both are on by default). g++ says nothing: there the
// case holds the channel, for two atomic steps more.
inline constexpr bool kIsBorrowTold =
#if defined(__clang__)
    true;
#else
    false;
#endif

// From a named channel; from a temporary, which the case takes over.
template <class C, class P>
select_case make_case(case_kind kind, const C& chan, P&& payload) {
  chan_core* const core = chan_access::handle(chan).get();
  if constexpr (!kIsBorrowTold) chan_retain(core);
  const bool owns = !kIsBorrowTold && core != nullptr;
  return case_access::make(kind, core, owns, std::move(payload));
}
template <class C, class P>
select_case make_owning_case(case_kind kind, C& chan, P&& payload) {
  chan_core* const core = chan_access::take(chan);
  select_case result = case_access::make(kind, core, core != nullptr, std::move(payload));
  return result;
}

template <class F>
select_case make_default(F f) {
  return case_access::make(case_kind::none, nullptr, false, default_payload<F>{std::move(f)});
}

}  // namespace detail
}  // namespace vole
