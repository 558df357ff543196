// SPDX-License-Identifier: Apache-2.0
// Guesses whether running a statement may wait for another goroutine; errs on the side of yes.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallPtrSet.h>

namespace clang {
class CallExpr;
class CXXRecordDecl;
class FunctionDecl;
class Stmt;
class VarDecl;
}  // namespace clang

namespace vole::instrument {

// The variables that a goroutine holds, which a callee without a body might wait on.
using held_variables = llvm::SmallPtrSet<const clang::VarDecl*, 8>;

// Answers for one translation unit; remembers what it found out about functions.
//
// Waiting is: a call of a function annotated as waiting, of one whose body waits, of a standard
// primitive's wait, get, join or the like; a co_await; an atomic load in a loop; the end of the
// life of an object whose destructor waits. A call of a function annotated as parking, or without a
// body here, counts when it is given an object of class type, or a pointer or reference to one,
// that the goroutine holds too.
class waiting {
 public:
  // Whether statement, null for none, may wait.
  bool statement_waits(const clang::Stmt* statement, const held_variables& held);

  // Whether the destructor of variable's type may wait, or a lambda in its initialiser does (a
  // scope guard that runs it).
  bool variable_waits(const clang::VarDecl& variable, const held_variables& held);

 private:
  bool call_waits(const clang::CallExpr& call, const held_variables& held, bool in_loop);
  bool function_waits(const clang::FunctionDecl& function, bool in_loop = false);
  bool destructor_waits(const clang::CXXRecordDecl& record);
  bool search(const clang::Stmt* statement, const held_variables& held, bool in_loop);

  // By definition, and whether it is called in a loop; false also while being looked at.
  llvm::DenseMap<std::pair<const clang::FunctionDecl*, int>, bool> functions_;
};

}  // namespace vole::instrument
