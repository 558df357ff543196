// SPDX-License-Identifier: Apache-2.0
// Unwinds from a signal's registers, as deep as a stack overflow goes.
#include "boot/fault_traceback.h"

#include <algorithm>
#include <cstdint>

#include "event/goroutine.h"
#include "profile/goroutine_snapshot.h"
#include "profile/goroutine_traceback.h"
#include "symbol/unwind.h"

namespace vole::boot {
namespace {

// Of a recursion that is deeper, the outer frames are missing: 2 MiB while it is written. An
// overflow of a default slot has some 7000 of the smallest frames.
constexpr std::size_t kFramesMax = std::size_t{1} << 18;

}  // namespace

std::string write_fault_traceback(const void* context) {
  profile::goroutine_record record = profile::snapshot_of_caller();
  if (context != nullptr) {
    const event::goroutine* const self = event::current();
    const symbol::registers at = symbol::registers_of_ucontext(context);
    symbol::stack_bounds bounds;  // unknown: each page is asked of the kernel
    if (self != nullptr && at.sp >= self->stack_low && at.sp < self->stack_high)
      bounds = {self->stack_low, self->stack_high};
    record.pcs.resize(kFramesMax);
    record.pcs.resize(symbol::unwind(at, bounds, record.pcs.data(), kFramesMax));
  }
  return profile::traceback_of({&record, 1});
}

}  // namespace vole::boot
