// SPDX-License-Identifier: Apache-2.0
// The vole command: picks the subcommand and turns what went wrong into an exit status.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <new>

#include "vole/command.h"
#include "vole/go_flags.h"

namespace {

using namespace vole::cli;  // this file is the command's own main

int run(int argc, char** argv) {
  CLI::App app("vole: reads what programs built with vole write.", "vole");
  app.require_subcommand(1);
  app.set_version_flag("--version", "vole " VOLE_VERSION);
  add_pprof_command(app);
  add_race_command(app);
  add_view_command(app);

  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::string name = "vole";
  bool is_known = arguments.empty() || arguments[0].starts_with('-');
  for (const CLI::App* command : app.get_subcommands([&](const CLI::App* a) {
         return !arguments.empty() && a->get_name() == arguments[0];
       })) {
    is_known = true;
    name += " " + command->get_name();
    std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    rest = rewrite_go_flags(*command, rest);
    rest.insert(rest.begin(), arguments[0]);
    arguments = std::move(rest);
  }
  if (!is_known) {
    std::cerr << "vole: unknown command \"" << arguments[0] << "\"; vole --help lists them\n";
    return kUsage;
  }
  try {
    // CLI11 takes the arguments last first.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return kSuccess;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::RuntimeError& wanted) {  // the command has done its work
    return wanted.get_exit_code();
  } catch (const CLI::ParseError& error) {
    std::cerr << name << ": " << error.what() << "\nRun " << name << " --help for the options.\n";
    return kUsage;
  } catch (const command_error& error) {
    std::cerr << name << ": " << error.what() << "\n";
    return error.status();
  } catch (const std::bad_alloc&) {
    std::cerr << name << ": out of memory\n";
    return kFailure;
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "vole: " << error.what() << "\n";
    return kFailure;
  }
}
