// SPDX-License-Identifier: Apache-2.0
// Columns of text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vole::text {

// The bytes of the code point that `text`, which is not empty, begins with; 1 if it begins with
// none.
std::size_t rune_length(std::string_view text);

// The number of code points, with each byte that is not UTF-8 counted as one: what Go pads by.
std::size_t rune_count(std::string_view text);

// `text` with spaces before it, so that it has `width` code points or more.
std::string pad_left(std::string_view text, std::size_t width);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace vole::text
