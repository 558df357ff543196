// SPDX-License-Identifier: Apache-2.0
// The rows that Boost.Fiber has the thing for: one thread, its default scheduler. It has no select,
// no timers of its own and no locks that threads share at this speed.
#pragma once

#include <boost/fiber/all.hpp>

#include "../../measure.h"

namespace bench {

namespace fibers = boost::fibers;

// The pool keeps stacks for the next fiber: without it each fiber pays for fresh pages.
inline fibers::pooled_fixedsize_stack& stacks() {
  static fibers::pooled_fixedsize_stack pool;
  return pool;
}

void channels(const suite& rows);
void spawning(const suite& rows);

}  // namespace bench
