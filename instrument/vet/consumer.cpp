// SPDX-License-Identifier: Apache-2.0
// Runs the vet checks over a translation unit once it is parsed.
#include "consumer.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Basic/SourceManager.h>

#include "check.h"

namespace vole::instrument {
namespace {

using checks = std::vector<std::unique_ptr<check>>;

class function_visitor : public clang::RecursiveASTVisitor<function_visitor> {
 public:
  function_visitor(clang::ASTContext& context, checks& all) : context_(context), checks_(all) {}

  bool shouldVisitTemplateInstantiations() const { return true; }

  bool VisitFunctionDecl(clang::FunctionDecl* function) {
    if (function->doesThisDeclarationHaveABody()) show(*function);
    return true;
  }

  bool VisitLambdaExpr(clang::LambdaExpr* lambda) {
    if (clang::CXXMethodDecl* body = lambda->getCallOperator(); body->hasBody()) show(*body);
    return true;
  }

 private:
  void show(const clang::FunctionDecl& function) {
    if (function.isDependentContext() || function.isImplicit() || function.isInvalidDecl()) return;
    const clang::SourceManager& sources = context_.getSourceManager();
    if (sources.isInSystemHeader(sources.getExpansionLoc(function.getLocation()))) return;
    for (auto& one : checks_) one->look_at(function, context_);
  }

  clang::ASTContext& context_;
  checks& checks_;
};

class vet_consumer : public clang::ASTConsumer {
 public:
  explicit vet_consumer(checks all) : checks_(std::move(all)) {}

  void HandleTranslationUnit(clang::ASTContext& context) override {
    // What does not compile has its errors already; a half-built tree would add nonsense to them.
    if (context.getDiagnostics().hasErrorOccurred()) return;
    if (context.getDiagnostics().getIgnoreAllWarnings()) return;  // -w
    function_visitor(context, checks_).TraverseDecl(context.getTranslationUnitDecl());
  }

 private:
  checks checks_;
};

struct known_check {
  llvm::StringLiteral name;
  std::unique_ptr<check> (*make)();
};

constexpr known_check kChecks[] = {{kGoCapture, make_go_capture},
                                   {kAddInGoroutine, make_add_in_goroutine}};

}  // namespace

bool is_check(llvm::StringRef name) {
  return llvm::any_of(kChecks, [&](const known_check& one) { return one.name == name; });
}

std::unique_ptr<clang::ASTConsumer> make_vet_consumer(const vet_options& options) {
  checks enabled;
  for (const known_check& one : kChecks) {
    if (!llvm::is_contained(options.disabled, one.name)) enabled.push_back(one.make());
  }
  return std::make_unique<vet_consumer>(std::move(enabled));
}

}  // namespace vole::instrument
