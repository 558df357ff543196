// SPDX-License-Identifier: Apache-2.0
// The predicates that -tagfocus and -tagignore describe.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "format/profile.h"
#include "model/filter.h"

namespace vole::model {

using tag_predicate = std::function<bool(const format::profile&, const format::sample&)>;

// Reads "[key=]value", where value is a number with an optional unit, a range "4mb:", ":64kb",
// "4mb:64mb" (both ends included), or regular expressions separated by commas. Without a key all
// expressions must match some "key:text"; with a key one must match one of its texts. Empty
// `value`: an empty function.
base::result<tag_predicate> compile_tag_filter(const char* option, const std::string& value,
                                               const unit_of_key& units,
                                               const std::function<void(const std::string&)>& warn);

}  // namespace vole::model
