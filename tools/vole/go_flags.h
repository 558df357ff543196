// SPDX-License-Identifier: Apache-2.0
// Go's flag syntax on top of CLI11's.
//
// Go's tools take `-name`, `--name`, `-name=value` and `-name value` for names of any length;
// CLI11 2.1 reads `-top` as -t -o -p. So the arguments of a subcommand are rewritten to
// `--name=value` before CLI11 sees them.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace vole::cli {

// Rewrites the arguments of those options that `command` has. What it does not know is left for
// CLI11 to complain about. Unlike in Go, options may also follow the first source.
std::vector<std::string> rewrite_go_flags(const CLI::App& command,
                                          const std::vector<std::string>& arguments);

}  // namespace vole::cli
