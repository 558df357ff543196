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

#include "race/access_check.h"
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
    begin(site);
  }
  ~atomic_step();
  atomic_step(const atomic_step&) = delete;
  atomic_step& operator=(const atomic_step&) = delete;

  // Called once, under the line's lock that the object holds; `order` is an __ATOMIC_* number.
  void draw_edges(effect what, int order);

 private:
  static void come_to_point(const void* address);
  void begin(call_site site);
  void take(bool is_acquire);
  void publish(effect what, bool is_release);

  std::uintptr_t address_;
  std::size_t size_;
  call_site site_;
  context* self_ = nullptr;
  bool is_recorded_ = false;
  stack_id stack_ = 0;
  kept_race found_;
  alignas(sync_line) unsigned char line_[sizeof(sync_line)];

  sync_line& line() { return *std::launder(reinterpret_cast<sync_line*>(line_)); }
};

void atomic_fence(int order);

}  // namespace vole::race
