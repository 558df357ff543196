// SPDX-License-Identifier: Apache-2.0
// What breaks the rules of a channel, a lock or a group, in the form of a race report.
#pragma once

#include "event/rules/misuse.h"
#include "race/context.h"
#include "race/describe/actors.h"
#include "race/report/build_report.h"

namespace vole::race {

struct misuse_facts {
  event::misuse what{};
  access_facts now;
  bool has_before = false;
  access_facts before;  // what was done before that makes it wrong
};

// By the running goroutine; `other`, which may be null, has the object locked. Writes the report,
// unless it is a repeated or suppressed one or the option report_misuse says no. Takes the locks of
// a report.
void report_misuse(event::misuse what, const void* object, const context* other, call_site site);

built_report build_misuse(const misuse_facts& facts, const live_goroutines& living,
                          std::uintptr_t own_frame);

}  // namespace vole::race
