// SPDX-License-Identifier: Apache-2.0
// vole race: merges race reports of any number of runs, and prints them.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "format/race_suppressions.h"
#include "races/read_races.h"
#include "vole/command.h"
#include "vole/write_output.h"

namespace vole::cli {
namespace {

struct race_options {
  std::vector<std::string> files;
  std::string form = "text";
  std::string output;
  std::string suppressions;
  std::string strip_path_prefix;
  int status = 0;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // An empty file inserts nothing, which a stream takes for a failure.
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (file.bad() || !file.is_open() || (file.fail() && !file.eof()))
    throw command_error(kFailure, path + ": " + std::strerror(errno));
  return text.str();
}

std::vector<format::race_report> load_all(const race_options& options) {
  std::vector<format::race_report> all;
  for (const std::string& path : options.files) {
    auto loaded = races::parse_races(read_file(path), path);
    if (!loaded) throw command_error(kFailure, loaded.error_text());
    for (format::race_report& report : *loaded) all.push_back(std::move(report));
  }
  return races::merge_races(std::move(all));
}

// Says on stderr which rules matched nothing in all of these runs.
void suppress(const std::string& path, std::vector<format::race_report>& reports) {
  format::suppression_list rules = format::parse_suppressions(read_file(path), path);
  if (!rules.errors.empty()) throw command_error(kFailure, rules.errors.front());
  for (format::race_report& report : reports) {
    std::vector<std::string> functions, files;
    for (const format::race_access& access : report.accesses) {
      for (const format::race_frame& frame : access.stack) {
        functions.push_back(frame.function);
        if (!frame.file.empty()) files.push_back(frame.file);
      }
    }
    if (const format::suppression* rule = rules.match(report.id, functions, files)) {
      report.is_suppressed = true;
      report.reason = rule->reason;
    }
  }
  for (const std::string& line : rules.unused()) std::cerr << "vole race: " << line << "\n";
}

std::string print(const race_options& options, const std::vector<format::race_report>& reports) {
  std::string text;
  if (options.form == "json") {
    for (const format::race_report& report : reports) text += format::race_json(report);
    return text;
  }
  if (options.form == "sarif") {
    text = format::race_sarif_head();
    for (const format::race_report& report : reports) {
      if (&report != &reports.front()) text += ",\n";
      text += format::race_sarif_result(report, options.strip_path_prefix);
    }
    return text + std::string(format::kRaceSarifTail);
  }
  std::size_t shown = 0;
  for (const format::race_report& report : reports) {
    if (report.is_suppressed) continue;
    text += format::race_text(report, options.strip_path_prefix);
    ++shown;
  }
  text += "Found " + std::to_string(shown) + " data race(s)";
  if (shown != reports.size())
    text += ", " + std::to_string(reports.size() - shown) + " more suppressed";
  return text + "\n";
}

void run_race(const race_options& options) {
  std::vector<format::race_report> reports = load_all(options);
  if (!options.suppressions.empty()) suppress(options.suppressions, reports);
  const std::string text = print(options, reports);
  if (options.output.empty()) {
    write_stdout(text);
  } else {
    write_file(options.output, text);
  }
  if (options.status == 0) return;
  for (const format::race_report& report : reports) {
    if (!report.is_suppressed) throw CLI::RuntimeError(options.status);
  }
}

}  // namespace

void add_race_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "race",
      "Merges the race reports of many runs (VOLE_RACE=json_path=...) by id and prints them");
  auto options = std::make_shared<race_options>();
  command->add_option("file", options->files, "Files of reports, one JSON object a line")
      ->required();
  command->add_option("--format", options->form, "text, json or sarif")
      ->check(CLI::IsMember({"text", "json", "sarif"}));
  command->add_option("--output", options->output, "Write here instead of standard output");
  command->add_option("--suppressions", options->suppressions,
                      "A file of known races; rules that match nothing are named on stderr");
  command->add_option("--strip_path_prefix", options->strip_path_prefix,
                      "Left out of file names that begin with it");
  command
      ->add_option("--exitcode", options->status,
                   "The exit status when a report is left that is not suppressed")
      ->check(CLI::Range(0, 125));
  command->callback([options] { run_race(*options); });
}

}  // namespace vole::cli
