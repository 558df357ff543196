// SPDX-License-Identifier: Apache-2.0
// Go's flag syntax on top of CLI11's.
#include "vole/go_flags.h"

#include <CLI/CLI.hpp>

namespace vole::cli {

std::vector<std::string> rewrite_go_flags(const CLI::App& command,
                                          const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      out.insert(out.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
      break;
    }
    const std::size_t dashes = argument.starts_with("--") ? 2 : argument.starts_with("-") ? 1 : 0;
    const std::size_t equals = argument.find('=');
    const std::string name =
        argument.substr(dashes, equals == std::string::npos ? equals : equals - dashes);
    const CLI::Option* option =
        dashes == 0 || name.empty() ? nullptr : command.get_option_no_throw("--" + name);
    if (option == nullptr) {
      out.push_back(argument);
      continue;
    }
    std::string rewritten = "--" + argument.substr(dashes);
    const bool takes_value = option->get_items_expected_min() > 0;
    if (takes_value && equals == std::string::npos && i + 1 < arguments.size()) {
      rewritten += "=" + arguments[++i];
    }
    out.push_back(std::move(rewritten));
  }
  return out;
}

}  // namespace vole::cli
