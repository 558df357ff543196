// SPDX-License-Identifier: Apache-2.0
// A map that many goroutines may use at once.
//
//   vole::sync_map<std::string, int> ports;
//   ports.store("http", 80);
//   if (auto port = ports.load("http")) connect(*port);
#pragma once

#include <vole/detail/map_core.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace vole {

// Go's sync.Map. An operation that writes a key happens before the operations that see that write;
// different keys order nothing. Keys and values are copied out, never referred to. Key and Value
// must be copyable; Hash and Equal may be called by several goroutines at once, and must not use
// this map. Never blocks for long.
template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
class sync_map {
 public:
  sync_map() : core_(&is_equal) {}
  sync_map(const sync_map&) = delete;
  sync_map& operator=(const sync_map&) = delete;

  std::optional<Value> load(const Key& key) const {
    if constexpr (std::is_trivially_copyable_v<Value>) {
      std::optional<Value> value;  // copied without running any code of the user's: under the lock
      core_.read(&key, hash(key), &copy_value, &value);
      return value;
    } else {
      return value_of(find(key));
    }
  }

  void store(const Key& key, Value value) { replace(key, std::move(value)); }

  // The value that was there, if any.
  std::optional<Value> swap(const Key& key, Value value) {
    const entry_handle old = replace(key, std::move(value));
    detail::map_core::observe(old.get());
    return value_of(old);
  }

  // The value that is there now, and whether it was before.
  std::pair<Value, bool> load_or_store(const Key& key, Value value) {
    if (std::optional<Value> found = load(key)) return {std::move(*found), true};
    entry_handle made(new entry(key, std::move(value)));
    const entry_handle found(as_entry(core_.put_if_absent(made.get(), &key, hash(key))));
    return found ? std::pair<Value, bool>(found->value, true)
                 : std::pair<Value, bool>(made->value, false);
  }

  std::optional<Value> load_and_delete(const Key& key) {
    const entry_handle old = remove(key);
    detail::map_core::observe(old.get());
    return value_of(old);
  }
  void erase(const Key& key) { remove(key); }

  // Stores `wanted` if the value is equal to `expected` (by ==). False: it is another, or none.
  bool compare_and_swap(const Key& key, const Value& expected, Value wanted) {
    entry_handle made(new entry(key, std::move(wanted)));
    for (;;) {
      const entry_handle found = find(key);
      if (!found || !(found->value == expected)) return false;
      // Fails when somebody else has written meanwhile, if only the same value.
      if (core_.replace(made.get(), found.get(), &key, hash(key))) return true;
    }
  }

  // Erases the key if its value is equal to `expected`.
  bool compare_and_delete(const Key& key, const Value& expected) {
    for (;;) {
      const entry_handle found = find(key);
      if (!found || !(found->value == expected)) return false;
      if (core_.replace(nullptr, found.get(), &key, hash(key))) return true;
    }
  }

  void clear() { core_.clear(); }

  // Calls f(key, value) for each entry until it returns false, with nothing locked: f may use the
  // map. A key is visited at most once; what is written meanwhile may be missed.
  template <class F>
  void range(F&& f) const {
    detail::map_snapshot entries;
    for (std::size_t part = 0; core_.snapshot(part, entries); ++part)
      while (const entry_handle one = entry_handle(as_entry(entries.take())))
        if (!std::invoke(f, std::as_const(one->key), std::as_const(one->value))) return;
  }

 private:
  // One value of a key: never changed once it is in the map, so that it can be read unlocked.
  struct entry : detail::map_entry {
    entry(const Key& k, Value&& v) : key(k), value(std::move(v)) {}
    const Key key;
    const Value value;
  };
  using entry_handle = detail::shared_handle<entry>;

  static entry* as_entry(detail::map_entry* one) { return static_cast<entry*>(one); }
  static bool is_equal(const detail::map_entry* one, const void* key) {
    return Equal()(static_cast<const entry*>(one)->key, *static_cast<const Key*>(key));
  }
  static void copy_value(const detail::map_entry* one, void* out) {
    static_cast<std::optional<Value>*>(out)->emplace(static_cast<const entry*>(one)->value);
  }
  static std::size_t hash(const Key& key) { return Hash()(key); }
  static std::optional<Value> value_of(const entry_handle& one) {
    return one ? std::optional<Value>(one->value) : std::nullopt;
  }
  entry_handle find(const Key& key) const {
    return entry_handle(as_entry(core_.find(&key, hash(key))));
  }

  entry_handle replace(const Key& key, Value&& value) {
    const entry_handle made(new entry(key, std::move(value)));
    return entry_handle(as_entry(core_.put(made.get(), &key, hash(key))));
  }
  entry_handle remove(const Key& key) {
    return entry_handle(as_entry(core_.erase(&key, hash(key))));
  }

  mutable detail::map_core core_;
};

}  // namespace vole
