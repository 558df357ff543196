// SPDX-License-Identifier: Apache-2.0
// Reads a pprof file: gunzip, protobuf, validity.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "format/profile.h"

namespace vole::model {

// The profile in `bytes`, which may be gzip or plain protobuf. `name` (a path or URL) starts the
// message of every failure, which then names the offset or the field and what was expected. What is
// returned is valid in the sense of format::check_profile; the labels of each sample are in the
// order texts before numbers, each by key, with labels that carry nothing left out.
base::result<format::profile> decode_profile(std::string_view bytes, const std::string& name);

// decode_profile of a file's contents.
base::result<format::profile> read_profile_file(const std::string& path);

}  // namespace vole::model
