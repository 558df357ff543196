// SPDX-License-Identifier: Apache-2.0
// Drops samples and frames: focus, ignore, hide, show and their kin.
//
// Regular expressions are RE2's, which is the syntax of `go tool pprof`. A name filter matches a
// frame by function name, file name or the file of the mapping. All functions expect the normal
// form that merge_profiles makes and keep it, except that locations, functions and mappings may be
// left unused.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "format/profile.h"

namespace vole::model {

// Each is a regular expression; empty: not asked for.
struct filter_options {
  std::string focus;      // keep samples with a frame that matches
  std::string ignore;     // drop samples with a frame that matches; wins over focus
  std::string hide;       // drop frames that match
  std::string show;       // keep only frames that match
  std::string show_from;  // drop the callers of the root-most frame that matches
  std::string
      prune_from;  // drop the callees of the leaf-most frame that matches, by function name only
  std::string tagfocus;   // keep samples with a label that matches: [key=]regex[,regex] or
                          // [key=]numeric range
  std::string tagignore;  // drop samples with a label that matches
  std::string tagshow;    // keep only labels whose key matches
  std::string taghide;    // drop labels whose key matches
};

// The unit of each numeric label key: the first one met, else a guess from the key. `complain` gets
// a line for each key with several units.
using unit_of_key = std::map<std::string, std::string, std::less<>>;
unit_of_key number_label_units(const format::profile& p,
                               const std::function<void(const std::string&)>& complain);

// Applies all of `options`. `warn` gets a line for each filter that matched nothing and for each
// tag filter that was read as a range. Fails on a bad regular expression, naming the option; `p`
// may be partly filtered then.
base::result<bool> filter_profile(format::profile& p, const filter_options& options,
                                  const unit_of_key& units,
                                  const std::function<void(const std::string&)>& warn);

// Applies the profile's own drop_frames and keep_frames: frames that match, and what they call, go,
// unless nothing of the user's is above them. A regular expression that does not compile is passed
// over, as Go does.
void drop_uninteresting_frames(format::profile& p);

}  // namespace vole::model
