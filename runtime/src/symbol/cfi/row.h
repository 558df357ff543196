// SPDX-License-Identifier: Apache-2.0
// Call-frame information for x86-64: how to find the caller's registers at one pc, read from a
// module's .eh_frame. Async-signal-safe. Source: DWARF 5 section 6.4, LSB 10.6 (.eh_frame_hdr).
#pragma once

#include <cstddef>
#include <cstdint>

#include "symbol/module_map.h"

namespace vole::symbol {

// The registers that a compiler lets survive a call, by their places in `cfi_row::rules`.
enum cfi_register : std::uint8_t {
  kRbx,
  kRbp,
  kRsp,
  kR12,
  kR13,
  kR14,
  kR15,
  kReturnAddress,
  kCfiRegisters,
  kNotTracked = 0xff
};

enum class cfi_rule_kind : std::uint8_t {
  same,           // the caller's value is still in the register
  undefined,      // lost; for the return address: there is no caller
  at_offset,      // saved at CFA + offset
  is_offset,      // the value is CFA + offset
  in_register,    // `offset` is a cfi_register
  at_expression,  // saved where the expression says
  is_expression,  // the value is the expression's
};

struct cfi_rule {
  cfi_rule_kind kind = cfi_rule_kind::same;
  std::int32_t offset = 0;
  const std::uint8_t* expression = nullptr;  // a ULEB128 length and the bytes
};

struct cfi_row {
  std::uint8_t cfa_register = kRsp;  // kNotTracked: use the expression
  std::int32_t cfa_offset = 8;
  const std::uint8_t* cfa_expression = nullptr;
  cfi_rule rules[kCfiRegisters];
  bool is_signal_frame = false;  // the caller's pc is where a signal stopped it
};

// The row for `pc` in `in`; false if the module says nothing about it or says it in a way that
// compilers for Linux don't (then nothing is guessed).
bool find_cfi_row(const module& in, std::uintptr_t pc, cfi_row& row) noexcept;

// Where an expression reads memory: false stops it.
struct cfi_memory {
  bool (*read)(void* context, std::uintptr_t address, std::uintptr_t& value);
  void* context;
};

// Runs a DWARF expression (`expression` begins with its length) over the registers. `initial` is
// pushed first if given. False: an operator that call-frame information has no use for, or a failed
// read.
bool evaluate_cfi_expression(const std::uint8_t* expression, const std::uintptr_t* registers,
                             std::uintptr_t pc, const std::uintptr_t* initial,
                             const cfi_memory& memory, std::uintptr_t& value) noexcept;

}  // namespace vole::symbol
