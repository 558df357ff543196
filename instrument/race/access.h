// SPDX-License-Identifier: Apache-2.0
// One plain memory access that the race pass may check: what select finds, eliminate drops and emit
// turns into a call.
#pragma once

#include <cstdint>

namespace llvm {
class Instruction;
class SCEV;
class Value;
}  // namespace llvm

namespace vole::instrument {

enum class access_form {
  sized,  // a constant number of bytes at one address: the only form that takes part in elimination
  range,  // length_ bytes, a value known at run time
  lanes,  // each lane of a vector of addresses (or of a vector at one address) that the mask
          // selects
  vptr,   // the store of a vtable pointer
};

struct access {
  llvm::Instruction* at = nullptr;  // the check goes right before it
  llvm::Value* address = nullptr;   // a pointer; for lanes it may be a vector of pointers
  bool is_write = false;
  access_form form = access_form::sized;
  std::uint64_t size_bytes = 0;     // sized: the access; lanes: one lane; else 0
  std::uint64_t align_bytes = 1;    // sized: what is known of the address
  llvm::Value* length = nullptr;    // range: the number of bytes, of any integer type
  llvm::Value* mask = nullptr;      // lanes: a vector of i1
  bool mask_is_inverted = false;    // lanes: those accessed are 0 in the mask, not 1
  llvm::Value* new_vptr = nullptr;  // vptr: the value stored
  bool dropped = false;             // set by eliminate: another check covers this access
};

// The accesses of a loop that one check before the loop covers.
struct loop_range {
  llvm::Instruction* before;  // the end of the block that enters the loop
  const llvm::SCEV* start;    // the lowest address
  const llvm::SCEV* length;   // the number of bytes, 64 bits
  bool is_write;
  const llvm::Instruction* line;  // one of the accesses, for its line
};

}  // namespace vole::instrument
