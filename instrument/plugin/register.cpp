// SPDX-License-Identifier: Apache-2.0
// The plugin's front door: one -fplugin=vole-clang.so for the race pass and the vet checks.
//
// Arguments, each given to clang as -fplugin-arg-vole-ARGUMENT:
//   race            instrument memory accesses and atomics for the race runtime
//   no-eliminate    with race: keep the checks that others make redundant
//   no-inline       with race: call the runtime for each check, without a look at it in the code
//   vet             warn about mistakes with goroutines
//   stats           with race: print what was instrumented and what was not, and why, to stderr
//   no-CHECK        with vet: leave out the check of that name, e.g. no-vole-go-capture
// The plugin defines no macro: whoever passes race passes -DVOLE_RACE=1 too, as vole-c++ does.
#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/LangOptions.h>
#include <clang/Basic/Version.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendPluginRegistry.h>
#include <llvm/Passes/PassBuilder.h>

#include "../race/pass.h"
#include "../vet/consumer.h"

static_assert(CLANG_VERSION_MAJOR == 19, "a plugin fits exactly one major version of clang");

namespace vole::instrument {
namespace {

void report(clang::DiagnosticsEngine& diagnostics, llvm::StringRef text) {
  unsigned id = diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error, "vole: %0");
  diagnostics.Report(id) << text;
}

class vole_action : public clang::PluginASTAction {
 protected:
  ActionType getActionType() override { return AddBeforeMainAction; }

  bool ParseArgs(const clang::CompilerInstance& compiler,
                 const std::vector<std::string>& arguments) override {
    for (llvm::StringRef argument : arguments) {
      llvm::StringRef check_name = argument;
      if (argument == "race") {
        is_race_ = true;
      } else if (argument == "vet") {
        is_vet_ = true;
      } else if (argument == "stats") {
        race_.print_statistics = true;
      } else if (argument == "no-eliminate") {
        race_.eliminate = false;
      } else if (argument == "no-inline") {
        race_.is_inline = false;
      } else if (check_name.consume_front("no-") && is_check(check_name)) {
        vet_.disabled.push_back(check_name.str());
      } else {
        report(compiler.getDiagnostics(), ("unknown plugin argument '" + argument + "'").str());
        return false;
      }
    }
    return true;
  }

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef) override {
    if (is_race_) instrument(compiler);
    if (is_vet_ && compiler.getLangOpts().CPlusPlus) return make_vet_consumer(vet_);
    return std::make_unique<clang::ASTConsumer>();
  }

 private:
  void instrument(clang::CompilerInstance& compiler) const {
    clang::CodeGenOptions& code = compiler.getCodeGenOpts();
    // With LTO the pipeline ends in the linker, where there is no plugin: nothing would be checked.
    if (code.PrepareForLTO || code.PrepareForThinLTO) {
      report(compiler.getDiagnostics(), "race mode does not work with -flto");
    }
    if (compiler.getLangOpts().Sanitize.has(clang::SanitizerKind::Thread)) {
      report(compiler.getDiagnostics(), "race mode does not work with -fsanitize=thread");
    }
    code.PassBuilderCallbacks.push_back(
        [options = race_](llvm::PassBuilder& builder) { add_race_passes(builder, options); });
  }

  bool is_race_ = false;
  bool is_vet_ = false;
  race_options race_;
  vet_options vet_;
};

const clang::FrontendPluginRegistry::Add<vole_action> registration(
    "vole", "race instrumentation and checks for programs that use vole");

}  // namespace
}  // namespace vole::instrument
