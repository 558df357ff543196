// SPDX-License-Identifier: Apache-2.0
// The race pass as the optimizer's pipeline sees it: where it is inserted, and its options.
#pragma once

namespace llvm {
class PassBuilder;
}

namespace vole::instrument {

struct race_options {
  bool print_statistics = false;  // to stderr, once for each module
  bool eliminate = true;          // false keeps redundant checks: the twin that tests compare with
  bool is_inline = true;          // false calls the runtime for each check; only x86-64 can inline
};

// Registers the race pass in builder's pipelines, at every optimisation level.
void add_race_passes(llvm::PassBuilder& builder, race_options options);

}  // namespace vole::instrument
