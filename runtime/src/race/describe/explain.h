// SPDX-License-Identifier: Apache-2.0
// The nearest thing to an edge that was missing between two accesses: whole sentences, each of them
// true.
#pragma once

#include <string>
#include <vector>

#include "race/describe/actors.h"
#include "race/report/race_report.h"

namespace vole::race {

// `report`: with the accesses and their locks.
std::vector<std::string> explain(const race_facts& facts, const format::race_report& report,
                                 actor_list& actors);

}  // namespace vole::race
