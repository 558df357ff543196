// SPDX-License-Identifier: Apache-2.0
// Runs the vet checks over a translation unit once it is parsed.
#pragma once

#include <clang/AST/ASTConsumer.h>
#include <llvm/ADT/StringRef.h>

#include <memory>
#include <string>
#include <vector>

namespace vole::instrument {

struct vet_options {
  std::vector<std::string> disabled;  // names of checks, as in the brackets of their warnings
};

// Whether name is that of a check.
bool is_check(llvm::StringRef name);

// Looks only at functions of the user's own code: not at system headers, nor at bodies that depend
// on a template parameter; instances of templates are looked at instead.
std::unique_ptr<clang::ASTConsumer> make_vet_consumer(const vet_options& options);

}  // namespace vole::instrument
