// SPDX-License-Identifier: Apache-2.0
// Warns when a goroutine itself announces that it is to be waited for, which may be too late.
//
//   vole::wait_group wg;
//   vole::go([&] { wg.add(); work(); wg.done(); });    // wait() may return before add() has run
//   wg.wait();
//
// Fires on a call annotated as announcing, on a variable X of the function, inside a lambda that
// the function hands to a spawning call, when the function waits on X and never announces on X
// itself. If it does, the goroutine is counted already and may announce others.
#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/Basic/Diagnostic.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/SmallPtrSet.h>

#include "annotations.h"
#include "check.h"
#include "lambda.h"

namespace vole::instrument {
namespace {

// The variable on which call is a member call; null if it is none, or on something else.
const clang::VarDecl* object_of(const clang::CXXMemberCallExpr& call) {
  const clang::Expr* object = call.getImplicitObjectArgument()->IgnoreUnlessSpelledInSource();
  auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(object);
  return reference ? llvm::dyn_cast<clang::VarDecl>(reference->getDecl()) : nullptr;
}

// What a function does with variables itself, and what the goroutines do that it starts.
struct findings {
  struct announcement {
    const clang::VarDecl* variable;
    clang::SourceLocation place;
  };
  llvm::DenseSet<const clang::VarDecl*> announced, waited;
  llvm::SmallVector<announcement, 4> announced_by_goroutine;
};

using lambdas = llvm::SmallPtrSet<const clang::LambdaExpr*, 4>;

void find_goroutines(const clang::Stmt* statement, lambdas& out) {
  if (statement == nullptr) return;
  auto* call = llvm::dyn_cast<clang::CallExpr>(statement);
  if (call != nullptr && is_annotated(call->getDirectCallee(), kSpawns)) {
    for (const clang::Expr* argument : call->arguments()) {
      if (const clang::LambdaExpr* lambda = lambda_of(argument)) out.insert(lambda);
    }
  }
  for (const clang::Stmt* child : statement->children()) find_goroutines(child, out);
}

void collect(const clang::Stmt* statement, const lambdas& goroutines, bool in_goroutine,
             findings& out) {
  if (statement == nullptr) return;
  auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement);
  if (lambda != nullptr && goroutines.contains(lambda)) in_goroutine = true;
  auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(statement);
  if (const clang::VarDecl* variable = call != nullptr ? object_of(*call) : nullptr) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    // A group's own go() announces, too.
    bool announces = is_annotated(callee, kAnnounces);
    if (announces && in_goroutine) {
      out.announced_by_goroutine.push_back({variable, call->getExprLoc()});
    } else if (announces || is_annotated(callee, kSpawns)) {
      out.announced.insert(variable);
    }
    if (is_annotated(callee, kWaits)) out.waited.insert(variable);
  }
  for (const clang::Stmt* child : statement->children()) {
    collect(child, goroutines, in_goroutine, out);
  }
}

class add_in_goroutine : public check {
 public:
  void look_at(const clang::FunctionDecl& function, clang::ASTContext& context) override {
    lambdas goroutines;
    find_goroutines(function.getBody(), goroutines);
    if (goroutines.empty()) return;
    findings found;
    collect(function.getBody(), goroutines, false, found);
    for (const auto& one : found.announced_by_goroutine) {
      if (one.variable->getDeclContext() != &function) continue;
      if (found.announced.contains(one.variable) || !found.waited.contains(one.variable)) continue;
      warn(one, context.getDiagnostics());
    }
  }

 private:
  void warn(const findings::announcement& one, clang::DiagnosticsEngine& diagnostics) {
    if (!warned_.insert(one.place.getRawEncoding()).second) return;
    unsigned warning = diagnostics.getCustomDiagID(
        warning_level(diagnostics),
        "the goroutine itself announces to %0 that it is to be waited for; the wait may be over "
        "before that [vole-add-in-goroutine]");
    unsigned note = diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Note,
                                                "%0 declared here; announce before the goroutine "
                                                "is started");
    diagnostics.Report(one.place, warning) << one.variable;
    diagnostics.Report(one.variable->getLocation(), note) << one.variable;
  }

  llvm::DenseSet<unsigned> warned_;
};

}  // namespace

std::unique_ptr<check> make_add_in_goroutine() { return std::make_unique<add_in_goroutine>(); }

}  // namespace vole::instrument
