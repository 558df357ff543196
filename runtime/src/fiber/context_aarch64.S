// SPDX-License-Identifier: Apache-2.0
// The switch between two stacks for aarch64 (AAPCS64): what context.h declares.
//
// Frame of a suspended stack, from its saved sp upwards (176 bytes):
//    0 x19 x20 .. x28 (80)   80 x29   88 x30 = resume address   96 d8 .. d15 (64)   160 fpcr   168 unused
#if defined(__aarch64__)
  .text

  .globl vole_fiber_switch
  .hidden vole_fiber_switch
  .type vole_fiber_switch, %function
  .p2align 4
vole_fiber_switch:
  .cfi_startproc
  hint #34                 // bti c, where branch targets are checked
  sub sp, sp, #176
  .cfi_def_cfa_offset 176
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  .cfi_offset x19, -176
  .cfi_offset x20, -168
  .cfi_offset x21, -160
  .cfi_offset x22, -152
  .cfi_offset x23, -144
  .cfi_offset x24, -136
  .cfi_offset x25, -128
  .cfi_offset x26, -120
  .cfi_offset x27, -112
  .cfi_offset x28, -104
  .cfi_offset x29, -96
  .cfi_offset x30, -88
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mrs x9, fpcr
  str x9, [sp, #160]
  mov x9, sp
  str x9, [x0]
  mov sp, x1               // both frames have one layout: the CFI above stays true
  ldr x9, [sp, #160]
  msr fpcr, x9
  ldp d14, d15, [sp, #144]
  ldp d12, d13, [sp, #128]
  ldp d10, d11, [sp, #112]
  ldp d8, d9, [sp, #96]
  ldp x29, x30, [sp, #80]
  ldp x27, x28, [sp, #64]
  ldp x25, x26, [sp, #48]
  ldp x23, x24, [sp, #32]
  ldp x21, x22, [sp, #16]
  ldp x19, x20, [sp, #0]
  add sp, sp, #176
  .cfi_restore x19
  .cfi_restore x20
  .cfi_restore x21
  .cfi_restore x22
  .cfi_restore x23
  .cfi_restore x24
  .cfi_restore x25
  .cfi_restore x26
  .cfi_restore x27
  .cfi_restore x28
  .cfi_restore x29
  .cfi_restore x30
  .cfi_def_cfa_offset 0
  ret
  .cfi_endproc
  .size vole_fiber_switch, . - vole_fiber_switch

// The outermost frame of every fiber; the undefined return address ends each unwinding here.
  .globl vole_fiber_start
  .hidden vole_fiber_start
  .type vole_fiber_start, %function
  .p2align 4
vole_fiber_start:
  .cfi_startproc
  .cfi_undefined x30
  nop                      // an unwinder looks at the resume address minus one
  .globl vole_fiber_entry
  .hidden vole_fiber_entry
vole_fiber_entry:
  hint #36                 // bti j
  mov x0, x20
  blr x19
  brk #1
  .cfi_endproc
  .size vole_fiber_start, . - vole_fiber_start

  .globl vole_fiber_capture
  .hidden vole_fiber_capture
  .type vole_fiber_capture, %function
  .p2align 4
vole_fiber_capture:
  .cfi_startproc
  hint #34
  mov x9, sp
  stp x30, x9, [x0, #0]
  stp x29, x19, [x0, #16]
  stp x20, x21, [x0, #32]
  stp x22, x23, [x0, #48]
  stp x24, x25, [x0, #64]
  stp x26, x27, [x0, #80]
  str x28, [x0, #96]
  ret
  .cfi_endproc
  .size vole_fiber_capture, . - vole_fiber_capture
#endif
  .section .note.GNU-stack, "", %progbits
