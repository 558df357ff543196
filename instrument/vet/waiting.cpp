// SPDX-License-Identifier: Apache-2.0
// Guesses whether running a statement may wait for another goroutine.
#include "waiting.h"

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/ADT/StringSwitch.h>

#include "annotations.h"

namespace vole::instrument {
namespace {

// Calls of the standard library that wait for another thread: class, and member. The library can't
// carry our annotations, so these are the only names that the checks know.
bool is_standard_wait(const clang::CXXMethodDecl& method, bool in_loop) {
  if (!method.getParent()->isInStdNamespace()) return false;
  // A std::function: nobody knows what it does.
  if (method.getOverloadedOperator() == clang::OO_Call) return true;
  llvm::StringRef owner = method.getParent()->getName();
  // A loop round an atomic is a spin until somebody else stores.
  if (in_loop && owner.contains("atomic")) return true;
  if (!method.getDeclName().isIdentifier()) return false;
  llvm::StringRef name = method.getName();
  return llvm::StringSwitch<bool>(name)
      .Cases("wait", "wait_for", "wait_until", "join", "acquire", "arrive_and_wait", true)
      .Cases("try_acquire_for", "try_acquire_until", true)
      .Case("get", owner.contains("future"))
      .Default(false);
}

bool is_loop(const clang::Stmt& statement) {
  return llvm::isa<clang::ForStmt, clang::WhileStmt, clang::DoStmt, clang::CXXForRangeStmt>(
      statement);
}

// Whether expression hands on one of the variables held, other than as a mere number.
bool hands_on(const clang::Stmt* expression, const held_variables& held) {
  if (expression == nullptr) return false;
  if (auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    auto* variable = llvm::dyn_cast<clang::VarDecl>(reference->getDecl());
    return variable != nullptr && held.contains(variable) &&
           !variable->getType().getNonReferenceType()->isArithmeticType();
  }
  return llvm::any_of(expression->children(),
                      [&](const clang::Stmt* child) { return hands_on(child, held); });
}

bool is_from_standard_library(const clang::FunctionDecl& function) {
  return function.isInStdNamespace() || function.getBuiltinID() != 0;
}

}  // namespace

bool waiting::destructor_waits(const clang::CXXRecordDecl& record) {
  if (is_annotated(&record, kWaits)) return true;
  if (!record.hasDefinition()) return false;
  const clang::CXXDestructorDecl* destructor = record.getDestructor();
  if (destructor != nullptr && function_waits(*destructor)) return true;
  auto base_waits = [&](clang::QualType type) {
    const clang::CXXRecordDecl* inner = type->getAsCXXRecordDecl();
    return inner != nullptr && inner != &record && destructor_waits(*inner);
  };
  return llvm::any_of(record.getDefinition()->bases(),
                      [&](const auto& base) { return base_waits(base.getType()); }) ||
         llvm::any_of(record.getDefinition()->fields(),
                      [&](const auto* field) { return base_waits(field->getType()); });
}

bool waiting::variable_waits(const clang::VarDecl& variable, const held_variables& held) {
  const clang::CXXRecordDecl* record = variable.getType()->getAsCXXRecordDecl();
  if (record != nullptr && destructor_waits(*record)) return true;
  return record != nullptr && search(variable.getInit(), held, false);
}

bool waiting::function_waits(const clang::FunctionDecl& function, bool in_loop) {
  if (is_annotated(&function, kWaits)) return true;
  const clang::FunctionDecl* definition = nullptr;
  if (!function.hasBody(definition)) return false;
  auto [entry, is_new] = functions_.try_emplace({definition, in_loop}, false);
  if (!is_new) return entry->second;
  bool found = search(definition->getBody(), held_variables(), in_loop);
  functions_[{definition, in_loop}] = found;
  return found;
}

bool waiting::call_waits(const clang::CallExpr& call, const held_variables& held, bool in_loop) {
  const clang::FunctionDecl* callee = call.getDirectCallee();
  if (callee == nullptr) return true;  // through a pointer: nobody knows
  if (function_waits(*callee, in_loop)) return true;
  if (auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(callee)) {
    if (is_standard_wait(*method, in_loop)) return true;
  }
  // A send on a channel, say, that the goroutine receives from: it is over when the receiver is
  // there.
  if (is_annotated(callee, kParks)) return hands_on(&call, held);
  if (callee->isDefined() || is_from_standard_library(*callee)) return false;
  if (is_annotated(callee, kSpawns)) return false;
  return hands_on(&call, held);
}

bool waiting::search(const clang::Stmt* statement, const held_variables& held, bool in_loop) {
  if (statement == nullptr) return false;
  if (llvm::isa<clang::CoawaitExpr, clang::CoyieldExpr, clang::DependentCoawaitExpr>(statement)) {
    return true;
  }
  if (auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
    if (call_waits(*call, held, in_loop)) return true;
    // What a goroutine waits for, its spawner does not.
    if (is_annotated(call->getDirectCallee(), kSpawns)) return false;
  }
  if (auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(statement)) {
    if (function_waits(*made->getConstructor())) return true;
  }
  if (auto* declaration = llvm::dyn_cast<clang::DeclStmt>(statement)) {
    for (const clang::Decl* one : declaration->decls()) {
      auto* variable = llvm::dyn_cast<clang::VarDecl>(one);
      if (variable != nullptr && variable_waits(*variable, held)) return true;
    }
  }
  bool inner_loop = in_loop || is_loop(*statement);
  return llvm::any_of(statement->children(),
                      [&](const clang::Stmt* child) { return search(child, held, inner_loop); });
}

bool waiting::statement_waits(const clang::Stmt* statement, const held_variables& held) {
  return search(statement, held, false);
}

}  // namespace vole::instrument
