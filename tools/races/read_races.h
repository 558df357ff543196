// SPDX-License-Identifier: Apache-2.0
// Reads the race reports that programs write with VOLE_RACE=json_path=..., and merges them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "format/race_report.h"

namespace vole::races {

// All reports of one file, whose name is for messages only. A failure names the line, the member
// and what was expected there: "a.json:3: accesses[0].size: expected a whole number".
base::result<std::vector<format::race_report>> parse_races(std::string_view text,
                                                           const std::string& name);

// One report for each id, in the order of first appearance, with how often it appeared. A report
// that is not suppressed is preferred to one that is.
std::vector<format::race_report> merge_races(std::vector<format::race_report> reports);

}  // namespace vole::races
