// SPDX-License-Identifier: Apache-2.0
// Where a report goes: standard output or a file.
#pragma once

#include <string>
#include <string_view>

namespace vole::cli {

// Writes `bytes` beside `path` and renames, so that a reader never meets half a file. A path that
// exists and is no regular file (a terminal, a pipe, /dev/null) is written to as it is. Throws
// command_error.
void write_file(const std::string& path, std::string_view bytes);

// Writes to standard output. Throws command_error; a reader that has gone away is no error.
void write_stdout(std::string_view bytes);

// Creates the first of profile001SUFFIX, profile002SUFFIX, ... that does not exist, in the working
// directory, with `bytes` in it; returns its name. Throws command_error.
std::string write_numbered_file(const std::string& suffix, std::string_view bytes);

bool stdout_is_terminal();

}  // namespace vole::cli
