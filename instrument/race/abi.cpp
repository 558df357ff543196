// SPDX-License-Identifier: Apache-2.0
// Looks up the names of the race runtime's entry points.
#include "abi.h"

namespace vole::instrument::abi {

llvm::StringRef access(std::uint64_t size_bytes, bool is_write) {
#define VOLE_ABI_ACCESS(NAME, SIZE_BYTES, IS_WRITE) \
  if (size_bytes == SIZE_BYTES && is_write == bool(IS_WRITE)) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

llvm::StringRef range(bool is_write) {
#define VOLE_ABI_RANGE(NAME, IS_WRITE) \
  if (is_write == bool(IS_WRITE)) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

llvm::StringRef cold_access(std::uint64_t size_bytes, bool is_write) {
#define VOLE_ABI_COLD(NAME, SIZE_BYTES, IS_WRITE) \
  if (size_bytes == SIZE_BYTES && is_write == bool(IS_WRITE)) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

llvm::StringRef cold_range(bool is_write) {
#define VOLE_ABI_COLD_RANGE(NAME, IS_WRITE) \
  if (is_write == bool(IS_WRITE)) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

llvm::StringRef plane(bool is_write) {
#define VOLE_ABI_PLANE(NAME, IS_WRITE) \
  if (is_write == bool(IS_WRITE)) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

llvm::StringRef segment() {
#define VOLE_ABI_SEGMENT(NAME) return #NAME;
#include <vole/instrument_abi.def>
}

llvm::StringRef start() {
#define VOLE_ABI_START(NAME) return #NAME;
#include <vole/instrument_abi.def>
}

llvm::StringRef vptr() {
#define VOLE_ABI_VPTR(NAME) return #NAME;
#include <vole/instrument_abi.def>
}

llvm::StringRef fence() {
#define VOLE_ABI_ATOMIC_FENCE(NAME) return #NAME;
#include <vole/instrument_abi.def>
}

llvm::StringRef atomic_load(unsigned bits) {
#define VOLE_ABI_ATOMIC_LOAD(NAME, BITS) \
  if (bits == BITS) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

llvm::StringRef atomic_store(unsigned bits) {
#define VOLE_ABI_ATOMIC_STORE(NAME, BITS) \
  if (bits == BITS) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

llvm::StringRef atomic_modify(unsigned bits, llvm::StringRef operation) {
#define VOLE_ABI_ATOMIC_RMW(NAME, BITS, OP) \
  if (bits == BITS && operation == #OP) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

llvm::StringRef atomic_compare_exchange(unsigned bits) {
#define VOLE_ABI_ATOMIC_COMPARE_EXCHANGE(NAME, BITS) \
  if (bits == BITS) return #NAME;
#include <vole/instrument_abi.def>
  return "";
}

}  // namespace vole::instrument::abi
