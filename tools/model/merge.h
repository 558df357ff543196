// SPDX-License-Identifier: Apache-2.0
// Makes one profile out of several.
//
// Also the normal form of a single one: after merge_profiles, ids are dense (mappings[i].id == i +
// 1, and so for locations and functions), only what samples use is left but for the main binary's
// mapping, and no sample is all zero. Every report starts from that form. Follows profile.Merge of
// google/pprof as of Go 1.19.
#pragma once

#include <vector>

#include "base/result.h"
#include "format/profile.h"

namespace vole::model {

// Merges profiles whose sample types agree but for the unit (values are scaled to the finest) and a
// trailing "s". The period is the largest, the time the earliest, durations add up, comments are
// kept once. Fails, saying which types, when they do not agree. `sources` must not be empty.
base::result<format::profile> merge_profiles(std::vector<format::profile> sources);

// Multiplies all values and drops samples that became zero.
void scale_values(format::profile& p, double ratio);

// Scales each of p's sample types so that its sum is that of `base`. Both must have the same sample
// types.
base::result<bool> normalize_values(format::profile& p, const format::profile& base);

// Adds the label key=value to every sample, replacing other texts of that key.
void set_label(format::profile& p, std::string_view key, std::string_view value);
void remove_label(format::profile& p, std::string_view key);

// The label that marks the samples of the base in a difference.
inline constexpr std::string_view kDiffBaseKey = "pprof::base";
inline constexpr std::string_view kDiffBaseValue = "true";

}  // namespace vole::model
