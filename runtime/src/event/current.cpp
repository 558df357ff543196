// SPDX-License-Identifier: Apache-2.0
// The current goroutine of each thread.
#include "event/goroutine.h"

VOLE_DEFINE_THREAD_WORD(vole_current_goroutine)
