// SPDX-License-Identifier: Apache-2.0
// Reading the suppressions file and asking it.
#include "race/report/suppress.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/raw_log.h"
#include "format/race_suppressions.h"
#include "race/report/options.h"

namespace vole::race {
namespace {

format::suppression_list read_file() {
  const std::string path = options().suppressions.value;
  if (path.empty()) return {};
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) {
    base::raw_writer() << "vole: suppressions: can't read " << path << ": " << std::strerror(errno)
                       << "\n";
    return {};
  }
  format::suppression_list list = format::parse_suppressions(text.str(), path);
  for (const std::string& fault : list.errors)
    base::raw_writer() << "vole: suppressions: " << fault << "\n";
  return list;
}

format::suppression_list& suppressions() {
  static auto* const list = new format::suppression_list(read_file());  // needed at exit, too
  return *list;
}

}  // namespace

bool suppress(built_report& built) {
  const format::suppression* rule =
      suppressions().match(built.report.id, built.functions, built.files);
  if (rule == nullptr) return false;
  built.report.is_suppressed = true;
  built.report.reason = rule->reason;
  return true;
}

std::string unused_suppressions() {
  std::string text;
  for (const std::string& line : suppressions().unused()) text += line + "\n";
  return text;
}

}  // namespace vole::race
