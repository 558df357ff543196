// SPDX-License-Identifier: Apache-2.0
// The rules that a profile must obey before anybody may read meaning into it.
//
// They are those of CheckValid in github.com/google/pprof/profile: what passes here, `go tool
// pprof` reads.
#include <unordered_set>

#include "format/profile.h"

namespace vole::format {
namespace {

using id_set = std::unordered_set<std::uint64_t>;

template <class Entry>
std::string collect_ids(const std::vector<Entry>& entries, const char* what, id_set& ids) {
  ids.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].id == 0) {
      return std::string(what) + " #" + std::to_string(i) +
             ": found the reserved id 0, expected 1 or more";
    }
    if (!ids.insert(entries[i].id).second) {
      return std::string(what) + " #" + std::to_string(i) + ": the id " +
             std::to_string(entries[i].id) + " was given before";
    }
  }
  return {};
}

std::string check_locations(const profile& p, const id_set& mappings, const id_set& functions) {
  for (const location& l : p.locations) {
    const std::string where = "location id " + std::to_string(l.id) + ": ";
    if (l.mapping_id != 0 && !mappings.contains(l.mapping_id)) {
      return where + "names mapping id " + std::to_string(l.mapping_id) + ", which is not defined";
    }
    for (const line& frame : l.lines) {
      if (!functions.contains(frame.function_id)) {
        return where + "a line names function id " + std::to_string(frame.function_id) +
               ", which is not defined";
      }
    }
  }
  return {};
}

std::string check_samples(const profile& p, const id_set& locations) {
  if (p.sample_types.empty() && !p.samples.empty()) return "missing sample type information";
  for (std::size_t i = 0; i < p.samples.size(); ++i) {
    const sample& s = p.samples[i];
    const std::string where = "sample #" + std::to_string(i) + ": ";
    if (s.values.size() != p.sample_types.size()) {
      return where + "has " + std::to_string(s.values.size()) + " values, expected " +
             std::to_string(p.sample_types.size()) + ", one for each sample type";
    }
    for (std::uint64_t id : s.location_ids) {
      if (!locations.contains(id)) {
        return where + "names location id " + std::to_string(id) + ", which is not defined";
      }
    }
  }
  return {};
}

}  // namespace

std::string check_profile(const profile& p) {
  id_set mappings;
  id_set functions;
  id_set locations;
  if (std::string fault = collect_ids(p.mappings, "mapping", mappings); !fault.empty())
    return fault;
  if (std::string fault = collect_ids(p.functions, "function", functions); !fault.empty())
    return fault;
  if (std::string fault = collect_ids(p.locations, "location", locations); !fault.empty())
    return fault;
  if (std::string fault = check_locations(p, mappings, functions); !fault.empty()) return fault;
  return check_samples(p, locations);
}

}  // namespace vole::format
