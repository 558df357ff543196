// SPDX-License-Identifier: Apache-2.0
// Mangled names to readable ones. The functions on readable names are in symbolizer.h.
#pragma once

#include <string>

namespace vole::symbol {

// The readable form of a C++ name, or `name` itself when it is none. Allocates.
std::string demangle(const char* name);

// The same, but where the C++ library's demangler does not know the mangling (clang's for C++20
// constraints is newer than GCC 12's), the scopes that can be read off the mangled name, and
// `name`, which is debug information's for the function itself, or null.
std::string demangle(const char* linkage_name, const char* name);

}  // namespace vole::symbol
