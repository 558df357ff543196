// SPDX-License-Identifier: Apache-2.0
// vole pprof: reports on profiles, as `go tool pprof` gives them.
#include <CLI/CLI.hpp>
#include <cctype>
#include <future>
#include <iostream>
#include <memory>

#include "flame/flame_svg.h"
#include "model/filter.h"
#include "model/merge.h"
#include "report/printers.h"
#include "vole/command.h"
#include "vole/pprof_options.h"
#include "vole/source.h"
#include "vole/write_output.h"

namespace vole::cli {
namespace {

using format::profile;

// What a profile lacks to be reported on: a mapping, and the names that the command line gives.
void complete_mappings(profile& p, const pprof_options& options) {
  if (p.mappings.empty()) {
    p.mappings.push_back({.id = 1});
    for (format::location& l : p.locations) l.mapping_id = 1;
  }
  if (!options.executable.empty()) p.mappings[0].filename = p.strings.intern(options.executable);
  if (!options.build_id.empty()) p.mappings[0].build_id = p.strings.intern(options.build_id);
}

// Loads and merges; sources that fail are named on stderr and passed over. Throws if none is left.
profile load_and_merge(const std::vector<std::string>& sources, const pprof_options& options,
                       const char* kind) {
  std::vector<std::future<base::result<profile>>> loading;
  loading.reserve(sources.size());
  for (const std::string& source : sources) {
    loading.push_back(std::async(
        std::launch::async, [&source, &options] { return load_source(source, options.fetch); }));
  }
  std::vector<profile> loaded;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    base::result<profile> p = loading[i].get();
    if (!p) {
      std::cerr << sources[i] << ": " << p.error_text() << "\n";
      continue;
    }
    complete_mappings(*p, options);
    loaded.push_back(*std::move(p));
  }
  const std::string kind_text(kind);
  if (loaded.empty())
    throw command_error(kFailure, "failed to fetch any " + kind_text + " profiles");
  if (loaded.size() < sources.size()) {
    std::cerr << "Fetched " << loaded.size() << " " << kind << " profiles out of " << sources.size()
              << "\n";
  }
  base::result<profile> merged = model::merge_profiles(std::move(loaded));
  if (!merged) {
    throw command_error(kFailure,
                        "problem fetching " + kind_text + " profiles: " + merged.error_text());
  }
  return *std::move(merged);
}

profile subtract_base(profile p, const pprof_options& options) {
  profile base = load_and_merge(options.bases, options, "base");
  if (options.is_diff) model::set_label(base, model::kDiffBaseKey, model::kDiffBaseValue);
  if (options.normalize) {
    if (base::result<bool> done = model::normalize_values(p, base); !done) {
      throw command_error(kFailure, done.error_text());
    }
  }
  model::scale_values(base, -1);
  std::vector<profile> both;
  both.push_back(std::move(p));
  both.push_back(std::move(base));
  base::result<profile> merged = model::merge_profiles(std::move(both));
  if (!merged) throw command_error(kFailure, merged.error_text());
  return *std::move(merged);
}

// A mapping whose file is a URL came from a server that knew no file name.
void forget_url_mappings(profile& p) {
  for (format::mapping& m : p.mappings) {
    const std::string_view file = p.text(m.filename);
    const std::size_t colon = file.find("://");
    const bool is_url = colon != std::string_view::npos && colon > 0 &&
                        std::all_of(file.begin(), file.begin() + static_cast<long>(colon),
                                    [](unsigned char c) { return std::isalnum(c) != 0; });
    if (m.build_id == format::kEmptyString && is_url) m.filename = format::kEmptyString;
  }
}

std::string print(const pprof_options& options, report::report& r) {
  switch (options.format) {
    case output_format::text:
      return report::print_text(r);
    case output_format::tree:
    case output_format::peek: {
      base::result<std::string> tree = report::print_tree(r, options.peek);
      if (!tree) throw command_error(kUsage, tree.error_text());
      return *std::move(tree);
    }
    case output_format::traces:
      return report::print_traces(r);
    case output_format::tags:
      return report::print_tags(r);
    case output_format::raw:
      return report::print_raw(r.profile());
    case output_format::comments:
      return report::print_comments(r.profile());
    case output_format::proto:
      return report::print_proto(r);
    case output_format::svg:
      return flame::print_flame_svg(r);
  }
  return {};
}

void write_report(const pprof_options& options, const std::string& bytes) {
  if (!options.output.empty()) {
    std::cerr << "Generating report in " << options.output << "\n";
    write_file(options.output, bytes);
    return;
  }
  const bool is_proto = options.format == output_format::proto;
  if ((is_proto || options.format == output_format::svg) && stdout_is_terminal()) {
    const std::string path = write_numbered_file(is_proto ? ".pb.gz" : ".svg", bytes);
    std::cerr << "Generating report in " << path << "\n";
    return;
  }
  write_stdout(bytes);
}

void run_pprof(const pprof_options& options) {
  profile p = load_and_merge(options.sources, options, "source");
  if (!options.bases.empty()) p = subtract_base(std::move(p), options);
  model::drop_uninteresting_frames(p);
  forget_url_mappings(p);
  if (!options.comment.empty()) p.comments.push_back(p.strings.intern(options.comment));
  base::result<report::report> made = report::report::make(
      std::move(p), options.report, [](const std::string& text) { std::cerr << text << "\n"; });
  if (!made) throw command_error(kUsage, made.error_text());
  write_report(options, print(options, *made));
}

}  // namespace

void add_pprof_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("pprof", "Reports on profiles, as go tool pprof gives them");
  auto flags = std::make_shared<pprof_flags>(*command);
  command->callback([flags] { run_pprof(flags->read()); });
}

}  // namespace vole::cli
