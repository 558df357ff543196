// SPDX-License-Identifier: Apache-2.0
// Who uses a descriptor, and its end: one reader and one writer at a time, any number of short
// users, and a close() that lets nobody in any more and is carried out by the last one to leave.
//
// The number of a closed descriptor is given to the next file that is opened: a system call that is
// late by an instant would read from a stranger. So each use is counted, and the descriptor is
// closed only when there is none.
#pragma once

#include <cstdint>

#include "base/spin_lock.h"
#include "event/goroutine.h"
#include "sched/poller.h"

namespace vole::net {

class fd_lock {
 public:
  // A short use, one that does not wait. False: closed.
  bool enter() noexcept;
  // The use of a side; parks (`semacquire`) while another has it, first come, first served. False:
  // closed.
  bool enter(sched::poll_side side);
  // The end of a use. True: it is closed and this was the last use; the caller closes the
  // descriptor and calls finish().
  bool leave() noexcept;
  bool leave(sched::poll_side side) noexcept;

  // Lets nobody in any more, and sends those away who wait for a side. False: it is closed already.
  // The caller has a use, which it ends with leave().
  bool close() noexcept;
  // The descriptor is closed. Nothing of this object is touched afterwards.
  void finish() noexcept;
  // Parks until finish(). At most one caller, the one whose close() was true.
  void wait_until_finished();

 private:
  struct waiter {
    event::goroutine* self = nullptr;
    waiter* next = nullptr;
    bool is_let_in = false;
  };
  struct side_queue {
    bool is_taken = false;
    waiter* first = nullptr;
    waiter* last = nullptr;
  };

  bool leave_locked() VOLE_REQUIRES(guard_) { return --users_ == 0; }

  base::spin_lock guard_{base::lock_rank::sync};
  bool is_closed_ VOLE_GUARDED_BY(guard_) = false;
  bool is_finished_ VOLE_GUARDED_BY(guard_) = false;
  std::uint32_t users_ VOLE_GUARDED_BY(guard_) =
      1;  // and one for being open: close() takes it over
  side_queue sides_[2] VOLE_GUARDED_BY(guard_);
  event::goroutine* closer_ VOLE_GUARDED_BY(guard_) = nullptr;
};

}  // namespace vole::net
