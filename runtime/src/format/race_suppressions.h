// SPDX-License-Identifier: Apache-2.0
// The suppressions file: races that are known and not to be reported, each with its reason.
//
//   # counters may be off by a few                   a comment
//   function:^stats::bump$   # see issue 12          a function on either stack; # gives the reason
//   file:*/third_party/*                             a file of either stack
//   id:746fe778237d04d2      # benign, measured      the id of the report
//   race:PATTERN                                     function or file, as ThreadSanitizer's
//
// A pattern matches anywhere in the name; * stands for any text, ^ and $ bind it to the ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vole::format {

enum class suppression_kind : std::uint8_t { function, file, function_or_file, id };

struct suppression {
  suppression_kind kind = suppression_kind::id;
  std::string pattern;
  std::uint64_t id = 0;
  std::string reason;    // may be empty
  std::string text;      // the rule as it stands there, without the reason
  std::size_t line = 0;  // from 1
  std::uint64_t hits = 0;
};

struct suppression_list {
  std::string path;
  std::vector<suppression> rules;
  std::vector<std::string> errors;  // "FILE:LINE: ...", of lines that are left out

  // The first rule that names this race, whose hits it counts; null: none.
  const suppression* match(std::uint64_t id, std::span<const std::string> functions,
                           std::span<const std::string> files);
  // "FILE:LINE: RULE matched nothing", for each rule without hits.
  std::vector<std::string> unused() const;
};

// `text`: the file's; `path` is for messages.
suppression_list parse_suppressions(std::string_view text, std::string path);

bool matches_pattern(std::string_view text, std::string_view pattern);

}  // namespace vole::format
