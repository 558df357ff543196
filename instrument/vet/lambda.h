// SPDX-License-Identifier: Apache-2.0
// Finds the lambda that an argument of a spawning call is, whatever way it was written.
#pragma once

namespace clang {
class Expr;
class LambdaExpr;
}  // namespace clang

namespace vole::instrument {

// The lambda that argument is, in place or std::move()d, or that initialises the variable it names;
// null if it is none.
const clang::LambdaExpr* lambda_of(const clang::Expr* argument);

}  // namespace vole::instrument
