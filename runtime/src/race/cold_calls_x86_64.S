// SPDX-License-Identifier: Apache-2.0
// The cold entry points of instrument_abi.def for x86-64: what instrumented code calls when its inline
// check finds nothing. They keep every general register but r11 (the compiler's preserve_most), so that
// the code around a check needs to save nothing, and lead to vole_race##NAME(address, frame[, bytes]).
//
// Their frame is an ordinary one (rbp): the stack of the access is walked from it.
#if defined(__x86_64__)
  .text

.macro cold_call name
  .globl \name
  .type \name, @function
  .p2align 4
\name:
  .cfi_startproc
  pushq %rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbp, 0
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  pushq %rax
  pushq %rcx
  pushq %rdx
  pushq %rsi
  pushq %rdi
  pushq %r8
  pushq %r9
  pushq %r10
  movq %rsi, %rdx
  movq %rbp, %rsi
  call vole_race\name
  popq %r10
  popq %r9
  popq %r8
  popq %rdi
  popq %rsi
  popq %rdx
  popq %rcx
  popq %rax
  popq %rbp
  .cfi_def_cfa %rsp, 8
  .cfi_restore %rbp
  ret
  .cfi_endproc
  .size \name, .-\name
.endm

  cold_call __vole_read1_cold
  cold_call __vole_read2_cold
  cold_call __vole_read4_cold
  cold_call __vole_read8_cold
  cold_call __vole_read16_cold
  cold_call __vole_write1_cold
  cold_call __vole_write2_cold
  cold_call __vole_write4_cold
  cold_call __vole_write8_cold
  cold_call __vole_write16_cold
  cold_call __vole_read_range_cold
  cold_call __vole_write_range_cold

#endif
#if defined(__linux__) && defined(__ELF__)
  .section .note.GNU-stack, "", %progbits
#endif
