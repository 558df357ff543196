// SPDX-License-Identifier: Apache-2.0
// A flame graph as one self-contained SVG file.
#pragma once

#include <string>

#include "report/report.h"

namespace vole::flame {

// Root on top. Works without a script as a picture with hover titles; the inline script adds
// click-to-zoom. Frames too narrow to see are left out. Loads nothing from anywhere.
std::string print_flame_svg(const report::report& r);

}  // namespace vole::flame
