// SPDX-License-Identifier: Apache-2.0
// Warns when a goroutine refers to a local variable that may end before the goroutine does.
//
// Fires on a call of a function annotated as spawning whose argument is a lambda, written in place
// or stored in a variable first, that captures by reference (or a std::ref to) a variable with
// automatic storage of the calling function, when nothing between the call and the end of the
// variable's scope waits for anybody. A loop's own variable has the loop as its scope: waiting
// after the loop is late.
//
// A false warning costs more than a missed one, so anything that could wait silences it
// (waiting.h), on whatever path it lies, and so does a scope that does not end: an endless loop, or
// a call that does not return.
#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/ParentMap.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/Diagnostic.h>
#include <llvm/ADT/DenseSet.h>

#include "annotations.h"
#include "check.h"
#include "lambda.h"
#include "waiting.h"

namespace vole::instrument {
namespace {

// The variable that argument is a std::ref or std::cref to; null if it is no such thing.
const clang::VarDecl* referred_by(const clang::Expr* argument) {
  auto* call = llvm::dyn_cast<clang::CallExpr>(argument->IgnoreUnlessSpelledInSource());
  if (call == nullptr || call->getNumArgs() != 1) return nullptr;
  const clang::FunctionDecl* callee = call->getDirectCallee();
  if (callee == nullptr || !callee->isInStdNamespace() || !callee->getDeclName().isIdentifier() ||
      (callee->getName() != "ref" && callee->getName() != "cref")) {
    return nullptr;
  }
  auto* reference =
      llvm::dyn_cast<clang::DeclRefExpr>(call->getArg(0)->IgnoreUnlessSpelledInSource());
  return reference ? llvm::dyn_cast<clang::VarDecl>(reference->getDecl()) : nullptr;
}

bool holds_exit(const clang::Stmt* statement) {
  if (statement == nullptr) return false;
  if (llvm::isa<clang::BreakStmt, clang::ReturnStmt, clang::GotoStmt, clang::CXXThrowExpr>(
          statement)) {
    return true;
  }
  if (llvm::isa<clang::LambdaExpr>(statement)) return false;
  return llvm::any_of(statement->children(), holds_exit);
}

bool is_endless(const clang::Stmt& loop, const clang::ASTContext& context) {
  auto is_true = [&](const clang::Expr* condition) {
    bool value = false;
    return condition == nullptr || (!condition->isValueDependent() &&
                                    condition->EvaluateAsBooleanCondition(value, context) && value);
  };
  if (auto* loop_for = llvm::dyn_cast<clang::ForStmt>(&loop)) {
    return is_true(loop_for->getCond()) && !holds_exit(loop_for->getBody());
  }
  if (auto* loop_while = llvm::dyn_cast<clang::WhileStmt>(&loop)) {
    return is_true(loop_while->getCond()) && !holds_exit(loop_while->getBody());
  }
  return false;
}

// Whether statement certainly does not return. A call that may be skipped, as the one in assert, is
// not certain.
bool never_returns(const clang::Stmt* statement, const clang::ASTContext& context) {
  if (statement == nullptr) return false;
  if (is_endless(*statement, context)) return true;
  if (llvm::isa<clang::LambdaExpr, clang::IfStmt, clang::SwitchStmt, clang::ForStmt,
                clang::WhileStmt, clang::CXXForRangeStmt, clang::AbstractConditionalOperator>(
          statement)) {
    return false;
  }
  auto* operation = llvm::dyn_cast<clang::BinaryOperator>(statement);
  if (operation != nullptr && operation->isLogicalOp()) return false;
  if (auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee != nullptr && callee->isNoReturn()) return true;
  }
  return llvm::any_of(statement->children(),
                      [&](const clang::Stmt* child) { return never_returns(child, context); });
}

bool declares(const clang::Stmt* statement, const clang::VarDecl& variable) {
  auto* declaration = llvm::dyn_cast_or_null<clang::DeclStmt>(statement);
  return declaration != nullptr && llvm::is_contained(declaration->decls(), &variable);
}

class go_capture : public check {
 public:
  void look_at(const clang::FunctionDecl& function, clang::ASTContext& context) override;

 private:
  // What becomes of a variable that a goroutine refers to; the values are those of warn's %select.
  enum class fate { local_ends = 0, loop_variable_ends = 1, parameter_ends = 2, safe = 3 };

  struct site {
    const clang::FunctionDecl* function;
    const clang::CallExpr* call;
    const clang::ParentMap* parents;
    clang::ASTContext* context;
    held_variables held;
  };

  void find_spawns(const clang::Stmt* statement, site& where);
  void look_at_spawn(site& where);
  void look_at_variable(const site& where, const clang::VarDecl& variable,
                        clang::SourceLocation use);
  fate follow(const site& where, const clang::VarDecl& variable);
  bool is_quiet_after(const clang::Stmt& scope, const clang::Stmt* inner, const site& where);
  void warn(const site& where, const clang::VarDecl& variable, fate how, clang::SourceLocation use);

  waiting waiting_;
  llvm::DenseSet<std::pair<unsigned, unsigned>> warned_;  // use, declaration
};

void go_capture::look_at(const clang::FunctionDecl& function, clang::ASTContext& context) {
  clang::ParentMap parents(function.getBody());
  site where{&function, nullptr, &parents, &context, {}};
  find_spawns(function.getBody(), where);
}

void go_capture::find_spawns(const clang::Stmt* statement, site& where) {
  if (statement == nullptr) return;
  if (auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement)) {
    for (const clang::Expr* init : lambda->capture_inits()) find_spawns(init, where);
    return;  // its body is a function of its own
  }
  auto* call = llvm::dyn_cast<clang::CallExpr>(statement);
  if (call != nullptr && is_annotated(call->getDirectCallee(), kSpawns)) {
    where.call = call;
    look_at_spawn(where);
  }
  for (const clang::Stmt* child : statement->children()) find_spawns(child, where);
}

void go_capture::look_at_spawn(site& where) {
  struct use {
    const clang::VarDecl* variable;
    clang::SourceLocation location;
  };
  llvm::SmallVector<use, 8> uses;
  where.held.clear();
  for (const clang::Expr* argument : where.call->arguments()) {
    if (const clang::VarDecl* variable = referred_by(argument)) {
      where.held.insert(variable);
      uses.push_back({variable, argument->getBeginLoc()});
    }
    const clang::LambdaExpr* lambda = lambda_of(argument);
    if (lambda == nullptr) continue;
    for (const clang::LambdaCapture& capture : lambda->captures()) {
      if (!capture.capturesVariable()) continue;
      auto* variable = llvm::dyn_cast<clang::VarDecl>(capture.getCapturedVar());
      if (variable == nullptr) continue;
      where.held.insert(variable);
      if (capture.getCaptureKind() == clang::LCK_ByRef) {
        uses.push_back({variable, capture.getLocation()});
      }
    }
  }
  for (const use& one : uses) look_at_variable(where, *one.variable, one.location);
}

void go_capture::look_at_variable(const site& where, const clang::VarDecl& variable,
                                  clang::SourceLocation use) {
  if (!variable.hasLocalStorage() || variable.getType()->isReferenceType()) return;
  // A variable of an enclosing function that this lambda itself refers to: when it ends, nobody
  // here can tell.
  if (variable.getDeclContext() != where.function) return;
  fate how = follow(where, variable);
  if (how != fate::safe) warn(where, variable, how, use);
}

// Whether scope, the parent of inner, is left from inner on without waiting. Objects that the scope
// holds, declared before or after, wait at its end.
bool go_capture::is_quiet_after(const clang::Stmt& scope, const clang::Stmt* inner,
                                const site& where) {
  if (is_endless(scope, *where.context)) return false;
  auto quiet = [&](const clang::Stmt* statement) {
    return !waiting_.statement_waits(statement, where.held) &&
           !never_returns(statement, *where.context);
  };
  if (auto* block = llvm::dyn_cast<clang::CompoundStmt>(&scope)) {
    bool is_after = false;
    for (const clang::Stmt* statement : block->body()) {
      if (is_after && !quiet(statement)) return false;
      if (statement == inner) is_after = true;
      auto* declaration = llvm::dyn_cast<clang::DeclStmt>(statement);
      if (declaration == nullptr) continue;
      for (const clang::Decl* one : declaration->decls()) {
        auto* object = llvm::dyn_cast<clang::VarDecl>(one);
        if (object != nullptr && waiting_.variable_waits(*object, where.held)) return false;
      }
    }
    return true;
  }
  if (auto* loop = llvm::dyn_cast<clang::ForStmt>(&scope)) {
    return quiet(loop->getCond()) && quiet(loop->getInc());
  }
  if (auto* loop = llvm::dyn_cast<clang::WhileStmt>(&scope)) return quiet(loop->getCond());
  if (auto* loop = llvm::dyn_cast<clang::DoStmt>(&scope)) return quiet(loop->getCond());
  if (auto* loop = llvm::dyn_cast<clang::CXXForRangeStmt>(&scope)) {
    return quiet(loop->getCond()) && quiet(loop->getInc());
  }
  if (auto* attempt = llvm::dyn_cast<clang::CXXTryStmt>(&scope)) {
    for (unsigned i = 0; i < attempt->getNumHandlers(); ++i) {
      if (!quiet(attempt->getHandler(i))) return false;
    }
  }
  return true;
}

go_capture::fate go_capture::follow(const site& where, const clang::VarDecl& variable) {
  const clang::Stmt* inner = where.call;
  for (const clang::Stmt* scope = where.parents->getParent(inner); scope != nullptr;
       inner = scope, scope = where.parents->getParent(scope)) {
    if (!is_quiet_after(*scope, inner, where)) return fate::safe;
    if (auto* block = llvm::dyn_cast<clang::CompoundStmt>(scope)) {
      if (llvm::any_of(block->body(), [&](auto* one) { return declares(one, variable); })) {
        return fate::local_ends;
      }
    }
    if (auto* loop = llvm::dyn_cast<clang::ForStmt>(scope)) {
      if (declares(loop->getInit(), variable)) return fate::loop_variable_ends;
    }
    if (auto* loop = llvm::dyn_cast<clang::CXXForRangeStmt>(scope)) {
      if (loop->getLoopVariable() == &variable) return fate::loop_variable_ends;
    }
    if (auto* choice = llvm::dyn_cast<clang::IfStmt>(scope)) {
      if (declares(choice->getInit(), variable)) return fate::local_ends;
      if (declares(choice->getConditionVariableDeclStmt(), variable)) return fate::local_ends;
    }
  }
  // Declared in a place not looked for above, or a parameter: both end with the function at the
  // latest.
  return llvm::isa<clang::ParmVarDecl>(variable) ? fate::parameter_ends : fate::local_ends;
}

void go_capture::warn(const site& where, const clang::VarDecl& variable, fate how,
                      clang::SourceLocation use) {
  auto key = std::make_pair(use.getRawEncoding(), variable.getLocation().getRawEncoding());
  if (!warned_.insert(key).second) return;
  clang::DiagnosticsEngine& diagnostics = where.context->getDiagnostics();
  unsigned warning = diagnostics.getCustomDiagID(
      warning_level(diagnostics),
      "goroutine refers to %select{local variable|loop variable|parameter}0 %1, and nothing waits "
      "for the goroutine before %1 ends [vole-go-capture]");
  unsigned note = diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Note,
                                              "%0 declared here; capture it by value, or wait");
  diagnostics.Report(use, warning) << static_cast<int>(how) << &variable;
  diagnostics.Report(variable.getLocation(), note) << &variable;
}

}  // namespace

std::unique_ptr<check> make_go_capture() { return std::make_unique<go_capture>(); }

}  // namespace vole::instrument
