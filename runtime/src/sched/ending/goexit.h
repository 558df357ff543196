// SPDX-License-Identifier: Apache-2.0
// Telling goexit's unwinding from an exception.
#pragma once

#include <typeinfo>

namespace vole::sched {

bool is_goexit(const std::type_info& type) noexcept;

}  // namespace vole::sched
