// SPDX-License-Identifier: Apache-2.0
// Where reports go: the log, and beside it a file of JSON lines and a SARIF log.
#pragma once

#include <string_view>

#include "format/race_report.h"

namespace vole::race {

// To the log. One caller at a time, as of the next.
void write_log(std::string_view text);

// To the files that the options name, if any. Both are complete after each call: a process that is
// killed leaves what it had found. A file that can't be made is said on stderr once.
void write_files(const format::race_report& report);

}  // namespace vole::race
