// SPDX-License-Identifier: Apache-2.0
// The suppressions file: races that are known and not to be reported.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vole::race {

// Whether the file named by the option `suppressions` names this race: by its id, or by a pattern
// that matches a function or file of either stack. The file is read at the first call; one that
// can't be read is said on stderr once.
bool is_suppressed(std::uint64_t id, std::span<const std::string> functions_and_files);

// Whether `text` contains `pattern`, in which * stands for any text; ^ and $ bind it to the ends.
bool matches_pattern(std::string_view text, std::string_view pattern);

}  // namespace vole::race
