// SPDX-License-Identifier: Apache-2.0
// The event room's fault_traceback_writer, out of symbol's unwinder and profile's text.
#pragma once

#include <string>

namespace vole::boot {

std::string write_fault_traceback(const void* context);

}  // namespace vole::boot
