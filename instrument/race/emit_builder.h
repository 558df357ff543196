// SPDX-License-Identifier: Apache-2.0
// The builder with which both halves of the emitter make their calls.
#pragma once

#include <llvm/IR/IRBuilder.h>

namespace vole::instrument {

// A builder that inserts before inst and gives what it makes inst's line.
class builder_before : public llvm::IRBuilder<> {
 public:
  explicit builder_before(llvm::Instruction& inst);
};

}  // namespace vole::instrument
