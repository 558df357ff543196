// SPDX-License-Identifier: Apache-2.0
// The suppressions of this process: the file that the option names. See format/race_suppressions.h.
#pragma once

#include <string>

#include "race/report/build_report.h"

namespace vole::race {

// Whether the file names this report; then the report says so, with the reason. The file is read at
// the first call; one that can't be read, and lines that can't be, are said on stderr once. One
// caller at a time.
bool suppress(built_report& built);

// The rules that have matched nothing, as lines; empty where there is no file.
std::string unused_suppressions();

}  // namespace vole::race
