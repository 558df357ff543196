// SPDX-License-Identifier: Apache-2.0
// Mangled names to readable ones. The functions on readable names are in symbolizer.h.
#pragma once

#include <string>

namespace vole::symbol {

// The readable form of a C++ name, or `name` itself when it is none. Allocates.
std::string demangle(const char* name);

}  // namespace vole::symbol
