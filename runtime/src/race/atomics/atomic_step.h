// SPDX-License-Identifier: Apache-2.0
// One atomic operation: the line held while it is done, its happens-before edges, its access.
//
// The edges are those of the C++ memory model (C++20 [intro.races], [atomics.order],
// [atomics.fences]):
//   store release        the object holds the storer's past: what a later acquire of it
//   synchronises
//                        with. A relaxed store after a release fence holds the past as of the
//                        fence; one without a fence empties the object: it ends the release
//                        sequence.
//   read-modify-write    adds to what the object holds: it continues the release sequence, and
//   heads
//                        one of its own if it releases.
//   load acquire         takes what the object holds. A relaxed load puts it aside for the next
//                        acquire fence.
//   seq_cst              acquire and release as the operation allows: the total order of seq_cst
//                        operations is no happens-before edge by itself.
// Operations of different sizes on the same bytes act on all objects that overlap.
//
// An atomic access is on record, too: unordered with a plain one it is a race. It is put there
// after the acquire, so that a load which synchronises with its writer is ordered after the
// initialisation, and before the release.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "event/emit.h"
#include "race/access_check.h"
#include "race/shadow/exact_records.h"
#include "race/shadow/shadow_map.h"
#include "race/sync_object.h"

namespace vole::race {

// What an operation did, seen from the memory model.
enum class effect : std::uint8_t { load, store, modify };

// Holds the line from before the operation until its edges are drawn; reports after that.
class atomic_step {
 public:
  atomic_step(const void* address, std::size_t size, call_site site)
      : address_(reinterpret_cast<std::uintptr_t>(address)), size_(size), site_(site) {
    come_to_point(address);
    begin();
  }
  ~atomic_step();
  atomic_step(const atomic_step&) = delete;
  atomic_step& operator=(const atomic_step&) = delete;

  // Before an operation that may release.
  void announce(int order);
  // Called once, under the line's lock that the object holds; `order` is an __ATOMIC_* number.
  void draw_edges(effect what, int order);

 private:
  static void come_to_point(const void* address);
  void begin();
  bool take(bool is_acquire);  // whether there is nothing left to take
  void set_plane(plane_word word);
  void publish(effect what, bool is_release);

  std::uintptr_t address_;
  std::size_t size_;
  call_site site_;
  context* self_ = nullptr;
  bool is_recorded_ = false;
  kept_race found_;
  alignas(sync_line) unsigned char line_[sizeof(sync_line)];

  sync_line& line() { return *std::launder(reinterpret_cast<sync_line*>(line_)); }
};

// An operation needs no step if it releases nothing, and the running segment has such a one on
// record at these bytes already and has acquired all that was released there. A step notes both in
// the read plane, as a word of the segment's own ids for atomics (kAsRead, kAsWrite added), and a
// step that releases puts kExact there before the operation, while it holds the line. So:
//   1. whoever releases: kExact in the plane, then the operation;
//   2. whoever does not: its own word in the plane, the operation, its own word in the plane still?
//      If not, a step follows, which draws the edges.
// An operation that reads what 1 has written finds kExact in its second look.
inline constexpr plane_word kAsRead = 0, kAsWrite = 1;

template <class T>
inline bool needs_no_step(const void* address, access_kind kind) noexcept {
  if constexpr (sizeof(T) < kGranuleBytes) {
    return false;
  } else {
    const context* self = this_thread.current;
    if (self == nullptr || self->atomic_ids == 0) return false;
    if (is_write(kind) && self->has_fence) return false;
    if (event::is_listened(event::kind::operation_begun)) return false;  // a point to switch at
    const plane_word* words = reinterpret_cast<const plane_word*>(
        reinterpret_cast<std::uintptr_t>(address) + vole_read_plane);
    plane_word difference = 0;
    for (std::size_t i = 0; i < sizeof(T) / kGranuleBytes; ++i) {
      // acquire: in the second look, after the operation
      const plane_word word = __atomic_load_n(words + i, __ATOMIC_ACQUIRE);
      difference |= word ^ (self->atomic_ids | (is_write(kind) ? kAsWrite : word & kAsWrite));
    }
    return difference == 0;
  }
}

// The orders of __ATOMIC_*.
constexpr bool acquires(int order) {
  return order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME || order == __ATOMIC_ACQ_REL ||
         order == __ATOMIC_SEQ_CST;
}
constexpr bool releases(int order) {
  return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}

void atomic_fence(int order);

}  // namespace vole::race
