// SPDX-License-Identifier: Apache-2.0
// What a vet check is: something that looks at one function's body at a time and warns.
#pragma once

#include <clang/Basic/Diagnostic.h>
#include <llvm/ADT/StringRef.h>

#include <memory>

namespace clang {
class ASTContext;
class FunctionDecl;
}  // namespace clang

namespace vole::instrument {

class check {
 public:
  virtual ~check() = default;

  // Looks at function, which has a body, depends on no template parameter and lies in the user's
  // own code. A lambda's call operator is a function of its own: what lies inside a nested lambda
  // belongs to that one. An instance of a template comes once for each set of arguments.
  virtual void look_at(const clang::FunctionDecl& function, clang::ASTContext& context) = 0;
};

// The level of a check's warning: clang maps its own warnings under -Werror, but not a plugin's.
inline clang::DiagnosticsEngine::Level warning_level(const clang::DiagnosticsEngine& diagnostics) {
  return diagnostics.getWarningsAsErrors() ? clang::DiagnosticsEngine::Error
                                           : clang::DiagnosticsEngine::Warning;
}

// The checks, one file each. The name is what stands in brackets after the warning.
inline constexpr llvm::StringLiteral kGoCapture = "vole-go-capture";
inline constexpr llvm::StringLiteral kAddInGoroutine = "vole-add-in-goroutine";
std::unique_ptr<check> make_go_capture();
std::unique_ptr<check> make_add_in_goroutine();

}  // namespace vole::instrument
