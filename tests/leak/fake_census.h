// SPDX-License-Identifier: Apache-2.0
// A census and a clock that a test writes itself: the verifier's own rules, without a scheduler.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "event/census.h"
#include "leak/hooks.h"

namespace vole_test {

namespace event = vole::event;

class fake_census {
 public:
  fake_census() {
    instance() = this;
    event::set_census_provider(provider());
    vole::leak::set_pause([](std::int64_t ns) { instance()->pause(ns); });
    event::set_current(&caller);  // the fake pause is only asked on a goroutine
  }
  ~fake_census() {
    event::set_current(nullptr);
    instance() = nullptr;
  }

  // Adds a goroutine that waits for `reason`; for none it is runnable.
  event::goroutine_view& add(std::uint64_t id, event::wait_reason reason) {
    selves_.push_back({});
    event::goroutine& self = selves_.back();
    self.id = id;
    event::goroutine_view view;
    view.self = &self;
    view.reason = reason;
    view.state = reason == event::wait_reason::none ? event::goroutine_state::runnable
                                                    : event::goroutine_state::waiting;
    views.push_back(view);
    return views.back();
  }

  event::goroutine caller{.id = 1000};
  std::deque<event::goroutine_view> views;
  int looks = 0;
  std::vector<std::int64_t> pauses_ns;
  std::function<void()> at_pause;  // the world goes on while the verifier waits

 private:
  static fake_census*& instance() {
    static fake_census* only = nullptr;
    return only;
  }
  static const event::census_provider& provider() {
    static const event::census_provider table{
        .for_each =
            [](void (*visit)(void*, const event::goroutine_view&), void* argument, bool) {
              ++instance()->looks;
              for (const event::goroutine_view& view : instance()->views) visit(argument, view);
            },
        .count = [] { return instance()->views.size(); }};
    return table;
  }
  void pause(std::int64_t ns) {
    pauses_ns.push_back(ns);
    if (at_pause) at_pause();
  }

  std::deque<event::goroutine> selves_;
};

}  // namespace vole_test
