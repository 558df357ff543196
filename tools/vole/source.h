// SPDX-License-Identifier: Apache-2.0
// Where profiles come from: files and HTTP servers.
#pragma once

#include <string>

#include "base/result.h"
#include "format/profile.h"

namespace vole::cli {

struct fetch_options {
  int seconds = -1;  // how long the server shall sample; below 1: as the URL says
  int timeout =
      -1;  // seconds to wait for the answer; below 1: half as long again as it samples, or 60
};

// True if `source` names a server: it has a scheme, or reads as host:port, and no file of that name
// exists.
bool is_url(const std::string& source);

// The URL that is asked for `source`: http:// before it if it has no scheme, /debug/pprof/profile
// for an empty path, the seconds in the query.
std::string request_url(const std::string& source, const fetch_options& options);

// Reads or fetches a profile. Blocks; for a URL says so on stderr. The message of a failure does
// not begin with the source's name.
base::result<format::profile> load_source(const std::string& source, const fetch_options& options);

}  // namespace vole::cli
