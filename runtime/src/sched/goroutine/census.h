// SPDX-License-Identifier: Apache-2.0
// sched as the provider of event/census.h.
#pragma once

namespace vole::sched {
void provide_census();
}  // namespace vole::sched
