// SPDX-License-Identifier: Apache-2.0
// The options of `vole pprof`: Go's names, Go's meanings.
#include "vole/pprof_options.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "vole/command.h"

namespace vole::cli {
namespace {

constexpr int kGraphNodeCount = 80;  // what -tree and the like show if nothing else is said

struct named_format {
  const char* name;
  output_format format;
  const char* help;
};
constexpr named_format kFormats[] = {
    {"top", output_format::text, "Outputs top entries in text form"},
    {"text", output_format::text, "Outputs top entries in text form"},
    {"tree", output_format::tree, "Outputs a text rendering of call graph"},
    {"traces", output_format::traces, "Outputs all profile samples in text form"},
    {"tags", output_format::tags, "Outputs all tags in the profile"},
    {"raw", output_format::raw, "Outputs a text representation of the raw profile"},
    {"comments", output_format::comments, "Output all profile comments"},
    {"proto", output_format::proto, "Outputs the profile in compressed protobuf format"},
    {"svg", output_format::svg, "Outputs a flame graph in SVG format"},
};
constexpr const char* kGranularities[] = {"functions", "filefunctions", "files", "lines",
                                          "addresses"};

// Options that stand for a sample index.
struct named_index {
  const char* option;
  const char* sample_type;
};
constexpr named_index kIndexOptions[] = {
    {"total_delay", "delay"},           {"mean_delay", "delay"},
    {"contentions", "contentions"},     {"inuse_space", "inuse_space"},
    {"inuse_objects", "inuse_objects"}, {"alloc_space", "alloc_space"},
    {"alloc_objects", "alloc_objects"},
};

bool is_elf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char magic[4] = {};
  return file.read(magic, sizeof magic) && std::string_view(magic, sizeof magic) ==
                                               "\x7f"
                                               "ELF";
}

bool is_hex(const std::string& text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

void drop_empty(std::vector<std::string>& list) {
  std::erase_if(list, [](const std::string& s) { return s.empty(); });
}

}  // namespace

pprof_flags::pprof_flags(CLI::App& command) {
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  add_formats(command);
  add_filters(command);
  auto flag = [&](const std::string& name, const char* help, const char* group) {
    command.add_flag("--" + name, chosen_[name], help)->group(group);
  };
  const char* group = "Report";
  command.add_option("--output", output_, "Output filename for file-based outputs")->group(group);
  command.add_option("--unit", report_.unit, "Measurement units to display")->group(group);
  command.add_option("--nodecount", node_count_, "Max number of nodes to show")->group(group);
  command.add_option("--nodefraction", report_.node_fraction, "Hide nodes below <f>*total")
      ->group(group);
  command.add_option("--edgefraction", report_.edge_fraction, "Hide edges below <f>*total")
      ->group(group);
  command
      .add_option("--divide_by", report_.divide_by,
                  "Ratio to divide all samples before visualization")
      ->group(group);
  command.add_flag("--trim", report_.trim, "Honor nodefraction/edgefraction/nodecount defaults")
      ->group(group);
  command.add_flag("--compact_labels", report_.compact_labels, "Show minimal headers")
      ->group(group);
  command.add_flag("--drop_negative", report_.drop_negative, "Ignore negative differences")
      ->group(group);
  command
      .add_flag("--relative_percentages", report_.relative_percentages,
                "Show percentages relative to focused subgraph")
      ->group(group);
  flag("flat", "Sort entries based on own weight", group);
  flag("cum", "Sort entries based on cumulative weight", group);
  flag("noinlines", "Ignore inlines", group);
  for (const char* name : kGranularities) flag(name, "Aggregate at this level", group);

  group = "Samples";
  command
      .add_option("--sample_index", report_.sample_index,
                  "Sample value to report (0-based index or name)")
      ->group(group);
  command.add_flag("--mean", report_.mean, "Average sample value over first value (count)")
      ->group(group);
  for (const named_index& index : kIndexOptions) {
    flag(index.option, "Short for a sample index, as in Go", group);
  }

  group = "Source";
  command.add_option("--seconds", fetch_.seconds, "Length of time for dynamic profiles")
      ->group(group);
  command.add_option("--timeout", fetch_.timeout, "Timeout in seconds for fetching a profile")
      ->group(group);
  command.add_option("--base", bases_, "Source of base profile for profile subtraction")
      ->allow_extra_args(false)
      ->take_all()
      ->group(group);
  command.add_option("--diff_base", diff_bases_, "Source of base profile for comparison")
      ->allow_extra_args(false)
      ->take_all()
      ->group(group);
  flag("normalize", "Scale the profile to the base profile's total", group);
  command.add_option("--buildid", build_id_, "Override build id for first mapping")->group(group);
  command.add_option("--add_comment", comment_, "Annotation string to record in the profile")
      ->group(group);
  command.add_option("--symbolize", symbolize_, "Only \"none\": names are taken from the profile")
      ->group(group);
  command.add_option("source", positionals_,
                     "[binary] and then profiles: files or http://host:port/path");
}

void pprof_flags::add_formats(CLI::App& command) {
  for (const named_format& f : kFormats) {
    command.add_flag(std::string("--") + f.name, chosen_[f.name], f.help)->group("Format");
  }
  command.add_option("--peek", peek_, "Output callers/callees of functions matching regexp")
      ->group("Format");
}

void pprof_flags::add_filters(CLI::App& command) {
  model::filter_options& f = report_.filters;
  const struct {
    const char* name;
    std::string& value;
    const char* help;
  } filters[] = {
      {"focus", f.focus, "Restricts to samples going through a node matching regexp"},
      {"ignore", f.ignore, "Skips paths going through any nodes matching regexp"},
      {"hide", f.hide, "Skips nodes matching regexp"},
      {"show", f.show, "Only show nodes matching regexp"},
      {"show_from", f.show_from, "Drops functions above the highest matched frame"},
      {"prune_from", f.prune_from, "Drops any functions below the matched frame"},
      {"tagfocus", f.tagfocus, "Restricts to samples with tags in range or matched by regexp"},
      {"tagignore", f.tagignore, "Discard samples with tags in range or matched by regexp"},
      {"tagshow", f.tagshow, "Only consider tags matching this regexp"},
      {"taghide", f.taghide, "Skip tags matching this regexp"},
  };
  for (const auto& filter : filters) {
    command.add_option(std::string("--") + filter.name, filter.value, filter.help)->group("Filter");
  }
}

pprof_options pprof_flags::read() const {
  pprof_options out;
  out.report = report_;
  out.fetch = fetch_;
  out.output = output_;
  out.build_id = build_id_;
  out.comment = comment_;
  read_positionals(out);
  read_granularity(out.report.frames);
  read_format(out);
  read_sample_index(out.report);
  if (chosen_.at("flat") && chosen_.at("cum")) {
    throw command_error(kUsage, "conflicting options set: [cum flat]");
  }
  if (chosen_.at("cum")) out.report.sort = report::sort_key::cum;
  if (!symbolize_.empty() && symbolize_ != "none" && symbolize_ != "no") {
    throw command_error(kUsage, "-symbolize=" + symbolize_ +
                                    ": only none is offered; names are taken from the profile");
  }
  out.bases = bases_;
  drop_empty(out.bases);
  std::vector<std::string> diff_bases = diff_bases_;
  drop_empty(diff_bases);
  if (!out.bases.empty() && !diff_bases.empty()) {
    throw command_error(kUsage, "-base and -diff_base flags cannot both be specified");
  }
  if (!diff_bases.empty()) {
    out.bases = std::move(diff_bases);
    out.is_diff = true;
  }
  out.normalize = chosen_.at("normalize");
  if (out.normalize && out.bases.empty()) {
    throw command_error(kUsage, "must have base profile to normalize by");
  }
  return out;
}

void pprof_flags::read_positionals(pprof_options& out) const {
  out.sources = positionals_;
  drop_empty(out.sources);
  if (out.sources.size() > 1) {
    const std::string first = out.sources[0];
    if (is_elf(first)) {
      out.executable = first;
      out.sources.erase(out.sources.begin());
    } else if (out.build_id.empty() && is_hex(first)) {
      out.build_id = first;
      out.sources.erase(out.sources.begin());
    }
  }
  if (out.sources.empty()) throw command_error(kUsage, "no profile source specified");
}

void pprof_flags::read_granularity(report::granularity& out) const {
  std::string chosen;
  for (const char* name : kGranularities) {
    if (!chosen_.at(name)) continue;
    if (!chosen.empty()) {
      throw command_error(kUsage, "conflicting options set: [" + chosen + " " + name + "]");
    }
    chosen = name;
  }
  const bool fine = chosen == "lines" || chosen == "addresses";
  out.inlines = !chosen_.at("noinlines");
  out.functions = chosen != "files";
  out.files = fine || chosen == "files" || chosen == "filefunctions";
  out.lines = fine;
  out.addresses = chosen == "addresses";
}

void pprof_flags::read_format(pprof_options& out) const {
  int formats = peek_.empty() ? 0 : 1;
  if (formats == 1) {
    out.format = output_format::peek;
    out.peek = peek_;
  }
  for (const named_format& f : kFormats) {
    if (!chosen_.at(f.name)) continue;
    out.format = f.format;
    ++formats;
  }
  if (formats == 0) {
    throw command_error(
        kUsage,
        "no output format: say -top, -tree, -peek=REGEX, -traces, -tags, -raw, -comments, "
        "-proto or -svg");
  }
  if (formats > 1) throw command_error(kUsage, "must set at most one output format");
  report::report_options& r = out.report;
  r.node_count = node_count_;
  if (node_count_ == -1) r.node_count = out.format == output_format::text ? 0 : kGraphNodeCount;
  if (out.format == output_format::peek || out.format == output_format::raw ||
      out.format == output_format::proto) {
    r.trim = false;
  }
}

void pprof_flags::read_sample_index(report::report_options& out) const {
  for (const named_index& index : kIndexOptions) {
    if (!chosen_.at(index.option)) continue;
    if (out.sample_index.empty()) {
      out.sample_index = index.sample_type;
    } else {
      std::cerr << "Multiple value selections, ignoring -" << index.option << "\n";
    }
  }
  if (chosen_.at("mean_delay")) out.mean = true;
}

}  // namespace vole::cli
