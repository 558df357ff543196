// SPDX-License-Identifier: Apache-2.0
// Times and durations as Go prints them.
#pragma once

#include <cstdint>
#include <string>

namespace vole::text {

// "Nov 5, 2026 at 3:04pm (UTC)", in the local time zone.
std::string header_time(std::int64_t unix_nanos);
// "2026-11-05 15:04:05.25 +0000 UTC", in the local time zone.
std::string full_time(std::int64_t unix_nanos);
// "1h2m3.5s", "1.5ms", "0s": Go's Duration.String.
std::string duration_text(std::int64_t nanos);

}  // namespace vole::text
