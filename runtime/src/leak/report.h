// SPDX-License-Identifier: Apache-2.0
// From sightings to the public report.
#pragma once

#include <vole/leak.h>

#include "leak/naming.h"
#include "leak/snapshot.h"

namespace vole::leak {

// Names and words for every goroutine of `seen`, in the same order.
report make_report(const snapshot& seen, names& known);

}  // namespace vole::leak
