// SPDX-License-Identifier: Apache-2.0
// emit::NAME(...): the announcing side. One relaxed load and a predicted branch when nobody listens
// to NAME.
#pragma once

#include <atomic>

#include "event/listener.h"

namespace vole::event {

// Bit k: somebody listens to kind k. Written by attach() and detach() only.
[[gnu::visibility("hidden")]] extern constinit std::atomic<std::uint64_t> listened_mask;

inline bool is_listened(kind what) noexcept {
  // relaxed: a late look only misses announcements made while a listener is being attached
  return (listened_mask.load(std::memory_order_relaxed) >> static_cast<unsigned>(what) & 1) != 0;
}

// The bits of several kinds, for is_any_listened().
template <class... Kinds>
constexpr std::uint64_t bits_of(Kinds... kinds) noexcept {
  return ((std::uint64_t{1} << static_cast<unsigned>(kinds)) | ...);
}
// One look for an operation that would make several announcements.
inline bool is_any_listened(std::uint64_t bits) noexcept {
  return (listened_mask.load(std::memory_order_relaxed) & bits) != 0;  // relaxed: as above
}

// Closes the inlined halves of <vole/detail/quick_path.h> for good; listeners to what these leave
// out close them for as long as they are attached.
void close_quick_paths() noexcept;

namespace dispatch {
#define VOLE_EVENT(name, parameters, arguments) void name parameters;
#include "event/event.def"
#undef VOLE_EVENT
}  // namespace dispatch

namespace emit {
#define VOLE_EVENT(name, parameters, arguments)                                                \
  inline void name parameters {                                                                \
    if (__builtin_expect(is_listened(kind::name), 0)) ::vole::event::dispatch::name arguments; \
  }
#include "event/event.def"
#undef VOLE_EVENT
}  // namespace emit

}  // namespace vole::event
