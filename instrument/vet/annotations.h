// SPDX-License-Identifier: Apache-2.0
// Reads the annotations of <vole/detail/annotations.h> off declarations; nothing is matched by
// name.
#pragma once

#include <llvm/ADT/StringRef.h>

namespace clang {
class CallExpr;
class Decl;
class FunctionDecl;
}  // namespace clang

namespace vole::instrument {

inline constexpr llvm::StringLiteral kSpawns = "vole::spawns";
inline constexpr llvm::StringLiteral kWaits = "vole::waits";
inline constexpr llvm::StringLiteral kParks = "vole::parks";
inline constexpr llvm::StringLiteral kAnnounces = "vole::announces";

// Whether any redeclaration of declaration, or the template or member that it is an instance of,
// carries [[clang::annotate(text)]]. False for null.
bool is_annotated(const clang::Decl* declaration, llvm::StringRef text);

}  // namespace vole::instrument
