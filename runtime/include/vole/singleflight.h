// SPDX-License-Identifier: Apache-2.0
// One call at a time for each key, whose result all callers share.
//
//   vole::singleflight<std::string, page> loads;
//   const auto [text, shared] = loads.call(url, [&] { return download(url); });
#pragma once

#include <vole/detail/annotations.h>
#include <vole/detail/map_core.h>
#include <vole/go.h>
#include <vole/wait_group.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace vole {

// The end of the function happens before the return of each call() that shares its result.
// Different keys order nothing. Value must be copyable.
template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
class singleflight {
 public:
  struct result {
    Value value;
    bool shared;  // more than one call() has got it
  };

  singleflight() : core_(&is_equal) {}
  singleflight(const singleflight&) = delete;
  singleflight& operator=(const singleflight&) = delete;

  // Calls f, or waits for the call with this key that is under way. If that throws, every caller
  // gets the exception; if it ends in goexit(), so does every caller.
  template <class F>
  VOLE_PARKS VOLE_WAITS result call(const Key& key, F&& f) {
    static_assert(std::is_invocable_r_v<Value, F>, "the function must return the value");
    const flight_handle made(new flight(key));
    if (const flight_handle other{as_flight(core_.put_if_absent(made.get(), &key, Hash()(key)))})
      return join(*other);
    {
      const landing at_end{this, *made};
      try {
        made->value.emplace(std::invoke(std::forward<F>(f)));
      } catch (...) {
        made->failure = detail::captured_failure();
        throw;
      }
    }
    // Nobody can join any more.
    if (detail::map_core::joins(made.get()) == 0) return {std::move(*made->value), false};
    return {std::as_const(*made->value), true};
  }

  // The next call() with this key starts anew, even if one is under way.
  void forget(const Key& key) {
    const flight_handle old(as_flight(core_.erase(&key, Hash()(key))));
  }

 private:
  struct flight : detail::map_entry {
    explicit flight(const Key& k) : key(k) { landed.add(1); }
    const Key key;
    std::optional<Value> value;
    std::exception_ptr failure;
    wait_group landed;
  };
  using flight_handle = detail::shared_handle<flight>;

  // The end of a flight, however it ends.
  struct landing {
    singleflight* group;
    flight& one;
    ~landing() {
      group->core_.replace(nullptr, &one, &one.key, Hash()(one.key));
      one.landed.done();
    }
  };

  static result join(flight& other) {
    other.landed.wait();
    if (other.failure) std::rethrow_exception(other.failure);
    if (!other.value) goexit();
    return {std::as_const(*other.value), true};
  }

  static flight* as_flight(detail::map_entry* one) { return static_cast<flight*>(one); }
  static bool is_equal(const detail::map_entry* one, const void* key) {
    return Equal()(static_cast<const flight*>(one)->key, *static_cast<const Key*>(key));
  }

  detail::map_core core_;
};

}  // namespace vole
