// SPDX-License-Identifier: Apache-2.0
// Reads annotations off declarations.
#include "annotations.h"

#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>

namespace vole::instrument {
namespace {

bool carries(const clang::Decl& declaration, llvm::StringRef text) {
  for (const clang::Decl* one : declaration.redecls()) {
    for (const auto* annotation : one->specific_attrs<clang::AnnotateAttr>()) {
      if (annotation->getAnnotation() == text) return true;
    }
  }
  return false;
}

}  // namespace

bool is_annotated(const clang::Decl* declaration, llvm::StringRef text) {
  if (declaration == nullptr) return false;
  if (carries(*declaration, text)) return true;
  if (auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
    const clang::FunctionDecl* pattern = function->getTemplateInstantiationPattern();
    return pattern != nullptr && pattern != function && carries(*pattern, text);
  }
  if (auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(declaration)) {
    const clang::CXXRecordDecl* pattern = record->getTemplateInstantiationPattern();
    return pattern != nullptr && pattern != record && carries(*pattern, text);
  }
  return false;
}

}  // namespace vole::instrument
