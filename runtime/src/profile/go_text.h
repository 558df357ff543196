// SPDX-License-Identifier: Apache-2.0
// Go's ways of writing texts: quoted strings, and the columns that its tabwriter makes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vole::profile {

// As %q: in double quotes, with backslash escapes for what is not printable. Bytes that are no
// UTF-8 become \xNN.
std::string go_quoted(std::string_view text);

// The text itself where it consists of letters, digits and _ . - / only, otherwise as %q.
std::string go_quoted_if_needed(std::string_view text);

// Rows of the `#` comments in a debug=1 profile, as text/tabwriter(minwidth 1, tabwidth 8, padding
// 1, tabs) aligns them: each cell but the last of its row is padded with tabs to the width of its
// column, and a column reaches over neighbouring rows that have it.
std::string go_columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace vole::profile
