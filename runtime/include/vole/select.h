// SPDX-License-Identifier: Apache-2.0
// Select: waits for several channel operations and performs one.
//
//   std::optional<job> next;
//   switch (vole::select(vole::on_recv(jobs, next), vole::on_recv(ctx.done()))) {
//     case 0: if (next) run(*next); break;
//     case 1: return;
//   }
//
// Among the ready cases each is equally likely. A case whose channel is nil is never ready. The
// same channel may stand in several cases. Handlers run on the caller's stack after the choice,
// with no lock held; what they throw leaves select.
#pragma once

#include <vole/chan.h>
#include <vole/detail/annotations.h>
#include <vole/detail/select_case.h>

#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace vole {

namespace detail {

template <class C>
concept receivable = std::is_same_v<C, chan<typename C::value_type>> ||
                     std::is_same_v<C, recv_chan<typename C::value_type>>;
template <class C>
concept sendable = std::is_same_v<C, chan<typename C::value_type>> ||
                   std::is_same_v<C, send_chan<typename C::value_type>>;

template <class C>
auto drop_received() {
  return receive_payload<typename C::value_type, drop_element>{};
}
template <class C>
auto store_received(std::optional<typename C::value_type>& out) {
  using T = typename C::value_type;
  auto store = [to = &out](std::optional<T>&& got) { *to = std::move(got); };
  return receive_payload<T, decltype(store)>{store};
}
template <class C, class F>
auto handle_received(F&& f) {
  return receive_payload<typename C::value_type, std::remove_cvref_t<F>>{std::move(f)};
}
template <class C, class F>
auto sent(typename C::value_type&& value, F&& f) {
  using T = typename C::value_type;
  return send_payload<T, std::remove_cvref_t<F>>{element<T>::store(std::move(value)), std::move(f)};
}

inline std::size_t run_select(select_case* const* cases, case_view* views, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) views[i] = case_access::view(*cases[i]);
  const selection chosen = select_cases(views, count);
  case_access::finish(*cases[chosen.index], chosen.is_received);
  return chosen.index;
}

inline constexpr std::size_t kViewsOnStack = 16;  // more cases take an allocation

inline std::size_t run_select(std::span<select_case> cases, case_view* views) {
  for (std::size_t i = 0; i < cases.size(); ++i) views[i] = case_access::view(cases[i]);
  const selection chosen = select_cases(views, cases.size());
  case_access::finish(cases[chosen.index], chosen.is_received);
  return chosen.index;
}

}  // namespace detail

// A receive case: drops the element, or stores it in `out` (nullopt: the channel was closed), or
// calls f(std::optional<T>). `out` must live until select has returned. So must the handle `ch`
// when it is named, or until the case is moved: by clang the case borrows it, and a case that
// leaves its handle's scope is warned of. By g++, which would not warn, the case holds the channel.
// on_recv(std::move(ch)) gives it the handle.
template <detail::receivable C>
select_case on_recv(const C& ch VOLE_BORROWED) {
  return detail::make_case(detail::case_kind::receive, ch, detail::drop_received<C>());
}
template <detail::receivable C>
select_case on_recv(C&& ch) {
  return detail::make_owning_case(detail::case_kind::receive, ch, detail::drop_received<C>());
}

template <detail::receivable C>
select_case on_recv(const C& ch VOLE_BORROWED, std::optional<typename C::value_type>& out) {
  return detail::make_case(detail::case_kind::receive, ch, detail::store_received<C>(out));
}
template <detail::receivable C>
select_case on_recv(C&& ch, std::optional<typename C::value_type>& out) {
  return detail::make_owning_case(detail::case_kind::receive, ch, detail::store_received<C>(out));
}

template <detail::receivable C, class F>
  requires std::is_invocable_v<F&, std::optional<typename C::value_type>>
select_case on_recv(const C& ch VOLE_BORROWED, F f) {
  return detail::make_case(detail::case_kind::receive, ch,
                           detail::handle_received<C>(std::move(f)));
}
template <detail::receivable C, class F>
  requires std::is_invocable_v<F&, std::optional<typename C::value_type>>
select_case on_recv(C&& ch, F f) {
  return detail::make_owning_case(detail::case_kind::receive, ch,
                                  detail::handle_received<C>(std::move(f)));
}

// A send case. It keeps the value until it is sent, or destroyed with the case, and borrows a named
// channel as on_recv does. f() runs after a send. The select throws send_on_closed_channel if this
// case is chosen and the channel is closed.
template <detail::sendable C>
select_case on_send(const C& ch VOLE_BORROWED, std::type_identity_t<typename C::value_type> value) {
  return detail::make_case(detail::case_kind::send, ch,
                           detail::sent<C>(std::move(value), detail::do_nothing{}));
}
template <detail::sendable C>
select_case on_send(C&& ch, std::type_identity_t<typename C::value_type> value) {
  return detail::make_owning_case(detail::case_kind::send, ch,
                                  detail::sent<C>(std::move(value), detail::do_nothing{}));
}

template <detail::sendable C, class F>
  requires std::is_invocable_v<F&>
select_case on_send(const C& ch VOLE_BORROWED, std::type_identity_t<typename C::value_type> value,
                    F f) {
  return detail::make_case(detail::case_kind::send, ch,
                           detail::sent<C>(std::move(value), std::move(f)));
}
template <detail::sendable C, class F>
  requires std::is_invocable_v<F&>
select_case on_send(C&& ch, std::type_identity_t<typename C::value_type> value, F f) {
  return detail::make_owning_case(detail::case_kind::send, ch,
                                  detail::sent<C>(std::move(value), std::move(f)));
}

// Chosen when nothing else is ready: the select doesn't block. At most one; two throw vole::panic.
inline select_case on_default() { return detail::make_default(detail::do_nothing{}); }

template <class F>
  requires std::is_invocable_v<F&>
select_case on_default(F f) {
  return detail::make_default(std::move(f));
}

// Performs one case and returns its position, from 0. Blocks until one is ready; without any case,
// for ever. Each case serves one select.
template <class... Cases>
  requires(std::is_same_v<std::remove_cvref_t<Cases>, select_case> && ...)
VOLE_PARKS VOLE_WAITS std::size_t select(Cases&&... cases) {
  select_case* const list[sizeof...(Cases) + 1] = {&cases..., nullptr};
  detail::case_view views[sizeof...(Cases) + 1];
  return detail::run_select(list, views, sizeof...(Cases));
}

// The same for a number of cases known at run time.
VOLE_PARKS VOLE_WAITS inline std::size_t select(std::span<select_case> cases) {
  if (cases.size() <= detail::kViewsOnStack) {
    detail::case_view views[detail::kViewsOnStack];
    return detail::run_select(cases, views);
  }
  std::vector<detail::case_view> views(cases.size());
  return detail::run_select(cases, views.data());
}

}  // namespace vole
