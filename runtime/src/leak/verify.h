// SPDX-License-Identifier: Apache-2.0
// The check itself: look, wait, look again, judge.
//
//   1. Look. Nobody: clean, at once.
//   2. Somebody is proven never to wake: report those at once; waiting would not change it.
//   3. Otherwise wait min(2^i us, 100 ms) and look again, until the waits together have reached the
//      limit. Whoever is there at the last look is reported.
// Stacks are unwound and named only where a look needs them: for ignoring by function, and for the
// report.
#pragma once

#include <vole/leak.h>

#include <optional>

#include "leak/naming.h"
#include "leak/snapshot.h"

namespace vole::leak {

// May park the calling goroutine (or block the thread that is none).
std::optional<report> verify(const suspects& who);

// One look, only proofs.
std::optional<report> verify_proven(const suspects& who);

// Names and words for every goroutine of `seen`, in the same order (report.cpp).
report make_report(const snapshot& seen, names& known);

}  // namespace vole::leak
