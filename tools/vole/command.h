// SPDX-License-Identifier: Apache-2.0
// What a subcommand of vole is, and how it ends.
#pragma once

#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace vole::cli {

enum exit_status : int {
  kSuccess = 0,
  kFailure = 1,  // the outside world: a file that cannot be read, a server that does not answer
  kUsage = 2,    // the command line
};

// Ends the command with a line on stderr.
class command_error : public std::runtime_error {
 public:
  command_error(exit_status status, const std::string& text)
      : std::runtime_error(text), status_(status) {}
  exit_status status() const { return status_; }

 private:
  exit_status status_;
};

// Each adds its subcommand, whose callback does the work and throws command_error if it cannot.
void add_pprof_command(CLI::App& app);
void add_race_command(CLI::App& app);
void add_view_command(CLI::App& app);

}  // namespace vole::cli
