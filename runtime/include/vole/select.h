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

inline std::size_t run_select(std::span<select_case* const> cases, case_view* views) {
  for (std::size_t i = 0; i < cases.size(); ++i) views[i] = case_access::view(*cases[i]);
  const selection chosen = select_cases(views, cases.size());
  case_access::finish(*cases[chosen.index], chosen.is_received);
  return chosen.index;
}

}  // namespace detail

// A receive case: drops the element, or stores it in `out` (nullopt: the channel was closed), or
// calls f(std::optional<T>). `out` must live until select has returned.
template <detail::receivable C>
select_case on_recv(const C& ch) {
  using T = typename C::value_type;
  return detail::make_case(detail::case_kind::receive, ch,
                           detail::receive_payload<T, detail::drop_element>{});
}

template <detail::receivable C>
select_case on_recv(const C& ch, std::optional<typename C::value_type>& out) {
  using T = typename C::value_type;
  auto store = [to = &out](std::optional<T>&& got) { *to = std::move(got); };
  return detail::make_case(detail::case_kind::receive, ch,
                           detail::receive_payload<T, decltype(store)>{store});
}

template <detail::receivable C, class F>
  requires std::is_invocable_v<F&, std::optional<typename C::value_type>>
select_case on_recv(const C& ch, F f) {
  using T = typename C::value_type;
  return detail::make_case(detail::case_kind::receive, ch,
                           detail::receive_payload<T, F>{std::move(f)});
}

// A send case. It keeps the value until it is sent, or destroyed with the case. f() runs after a
// send. The select throws send_on_closed_channel if this case is chosen and the channel is closed.
template <detail::sendable C>
select_case on_send(const C& ch, std::type_identity_t<typename C::value_type> value) {
  using T = typename C::value_type;
  return detail::make_case(
      detail::case_kind::send, ch,
      detail::send_payload<T, detail::do_nothing>{detail::element<T>::store(std::move(value)), {}});
}

template <detail::sendable C, class F>
  requires std::is_invocable_v<F&>
select_case on_send(const C& ch, std::type_identity_t<typename C::value_type> value, F f) {
  using T = typename C::value_type;
  return detail::make_case(
      detail::case_kind::send, ch,
      detail::send_payload<T, F>{detail::element<T>::store(std::move(value)), std::move(f)});
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
  return detail::run_select(std::span(list).first(sizeof...(Cases)), views);
}

// The same for a number of cases known at run time.
VOLE_PARKS VOLE_WAITS inline std::size_t select(std::span<select_case> cases) {
  std::vector<select_case*> list;
  for (select_case& one : cases) list.push_back(&one);
  std::vector<detail::case_view> views(cases.size());
  return detail::run_select(list, views.data());
}

}  // namespace vole
