// SPDX-License-Identifier: Apache-2.0
// The channel without its element type: what the typed shells of <vole/chan.h> and <vole/select.h>
// call. The essay is in the chan room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace vole {

enum class chan_status { ok, would_block, closed };

namespace detail {

struct chan_core;

// What the core must know of an element as it is stored. It calls these with the race detector
// looking away; `move` and `destroy` of a slot may run under the channel's lock, so they must not
// wait, nor use this channel.
struct element_ops {
  std::size_t size;
  void (*move)(void* to, void* from) noexcept;  // constructs *to; *from stays, moved from
  void (*destroy)(void* at) noexcept;
  bool is_trivial;  // bytes may be copied and forgotten instead
};

inline constexpr std::size_t kElementBytesMax = 256;  // larger elements get a node of their own

// How a T is kept in a channel: as it is, or, where moving it may throw or takes long, in a node of
// its own, so that what moves inside the channel is a pointer.
template <class T>
struct element {
  static constexpr bool kIsBoxed = !std::is_nothrow_move_constructible_v<T> ||
                                   sizeof(T) > kElementBytesMax ||
                                   alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  using stored = std::conditional_t<kIsBoxed, std::unique_ptr<T>, T>;

  template <class U>
  static stored store(U&& value) {
    if constexpr (kIsBoxed)
      return std::make_unique<T>(std::forward<U>(value));
    else
      return stored(std::forward<U>(value));
  }
  static T& value(stored& kept) noexcept {
    if constexpr (kIsBoxed)
      return *kept;
    else
      return kept;
  }

  static void move(void* to, void* from) noexcept {
    ::new (to) stored(std::move(*static_cast<stored*>(from)));
  }
  static void destroy(void* at) noexcept { static_cast<stored*>(at)->~stored(); }
  static constexpr element_ops kOps{sizeof(stored), &move, &destroy,
                                    std::is_trivially_copyable_v<stored>};
};

// Room for one received element. The core constructs it; the shell moves it out and destroys it in
// the receiver's own context, where the race detector looks.
template <class T>
union element_slot {
  using stored = typename element<T>::stored;
  element_slot() {}
  ~element_slot() {}
  stored kept;
};

// Destroys a received element at the end of the scope.
template <class T>
class element_owner {
 public:
  explicit element_owner(element_slot<T>& slot) : slot_(slot) {}
  ~element_owner() { std::destroy_at(&slot_.kept); }
  element_owner(const element_owner&) = delete;
  element_owner& operator=(const element_owner&) = delete;
  T& value() { return element<T>::value(slot_.kept); }

 private:
  element_slot<T>& slot_;
};

// Throws panic("makechan: size out of range"), std::bad_alloc. The caller holds the one reference.
chan_core* chan_make(const element_ops& ops, std::size_t capacity);
void chan_retain(chan_core* chan) noexcept;   // null: nothing
void chan_release(chan_core* chan) noexcept;  // the last one destroys what is buffered

// Null channels block for ever. `kept` is moved from only when it is sent.
void chan_send(chan_core* chan, void* kept);
chan_status chan_try_send(chan_core* chan, void* kept);  // ok or would_block, or throws
// False when a try_send would give would_block now.
bool chan_may_send(chan_core* chan);
// Constructs an element at `slot`; false, and nothing there, when closed and drained.
bool chan_recv(chan_core* chan, void* slot);
chan_status chan_try_recv(chan_core* chan, void* slot);
void chan_close(chan_core* chan);
std::size_t chan_len(const chan_core* chan) noexcept;
std::size_t chan_cap(const chan_core* chan) noexcept;

// One reference to a channel, or none (nil).
class chan_handle {
 public:
  chan_handle() = default;
  explicit chan_handle(chan_core* owned) noexcept : core_(owned) {}
  chan_handle(const chan_handle& other) noexcept : core_(other.core_) { chan_retain(core_); }
  chan_handle(chan_handle&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  chan_handle& operator=(chan_handle other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~chan_handle() {
    if (core_ != nullptr) chan_release(core_);
  }
  chan_core* get() const noexcept { return core_; }
  // Gives the reference away.
  chan_core* release() noexcept { return std::exchange(core_, nullptr); }

 private:
  chan_core* core_ = nullptr;
};

// ---- select ---------------------------------------------------------------------------------

enum class case_kind : std::uint8_t { none, receive, send };  // none: the default case

struct case_view {
  chan_core* chan = nullptr;
  void* kept = nullptr;  // send: the value; receive: the slot
  case_kind kind = case_kind::none;
};

struct selection {
  std::size_t index = 0;
  bool is_received = false;  // a receive case has got an element
};

// Chooses and performs one case. Blocks unless there is a default. Throws send_on_closed_channel
// when the chosen case sends on a closed channel.
selection select_cases(const case_view* cases, std::size_t count);

}  // namespace detail
}  // namespace vole
