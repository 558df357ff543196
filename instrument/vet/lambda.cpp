// SPDX-License-Identifier: Apache-2.0
// Finds the lambda that an argument of a spawning call is.
#include "lambda.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>

namespace vole::instrument {
namespace {

const clang::Expr* without_move(const clang::Expr* expression) {
  expression = expression->IgnoreUnlessSpelledInSource();
  auto* call = llvm::dyn_cast<clang::CallExpr>(expression);
  if (call == nullptr || call->getNumArgs() != 1 || !call->isCallToStdMove()) return expression;
  return call->getArg(0)->IgnoreUnlessSpelledInSource();
}

}  // namespace

const clang::LambdaExpr* lambda_of(const clang::Expr* argument) {
  argument = without_move(argument);
  if (auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(argument)) return lambda;
  auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(argument);
  if (reference == nullptr) return nullptr;
  auto* variable = llvm::dyn_cast<clang::VarDecl>(reference->getDecl());
  if (variable == nullptr || !variable->hasInit()) return nullptr;
  return llvm::dyn_cast<clang::LambdaExpr>(variable->getInit()->IgnoreUnlessSpelledInSource());
}

}  // namespace vole::instrument
