// SPDX-License-Identifier: Apache-2.0
// The names of the race runtime's entry points, looked up in <vole/instrument_abi.def>.
#pragma once

#include <llvm/ADT/StringRef.h>

#include <cstdint>

namespace vole::instrument::abi {

// The check of a plain access of so many bytes; empty if there is none of that size.
llvm::StringRef access(std::uint64_t size_bytes, bool is_write);
llvm::StringRef range(bool is_write);
// What code calls after its own look: one of a size (empty if there is none of it) or of a range.
llvm::StringRef cold_access(std::uint64_t size_bytes, bool is_write);
llvm::StringRef cold_range(bool is_write);
// The data for that look, and what prepares it.
llvm::StringRef plane(bool is_write);
llvm::StringRef segment();
llvm::StringRef start();
llvm::StringRef vptr();
llvm::StringRef fence();

// Atomic operations on values of so many bits; empty if there is none. operation is one of the
// list's.
llvm::StringRef atomic_load(unsigned bits);
llvm::StringRef atomic_store(unsigned bits);
llvm::StringRef atomic_modify(unsigned bits, llvm::StringRef operation);
llvm::StringRef atomic_compare_exchange(unsigned bits);

}  // namespace vole::instrument::abi
