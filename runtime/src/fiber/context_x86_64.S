// SPDX-License-Identifier: Apache-2.0
// The switch between two stacks for x86-64 (System V ABI): what context.h declares.
//
// Frame of a suspended stack, from its saved sp upwards (64 bytes):
//    0 mxcsr (4) and x87 control word (4)     8 r15  16 r14  24 r13  32 r12  40 rbx  48 rbp  56 resume address
// It ends with `ret`, not with a jump: goroutines come from, and go on at, one call of this function (sched's leave()), which
// is what the processor predicts for the return; and its stack of return addresses stays in step for the callers' returns.
// No SHSTK/IBT property note on purpose: the loader then keeps shadow stacks off, which this code does not switch.
#if defined(__x86_64__)
  .text

  .globl vole_fiber_switch
  .hidden vole_fiber_switch
  .type vole_fiber_switch, @function
  .p2align 4
vole_fiber_switch:
  .cfi_startproc
  pushq %rbp
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbp, 0
  pushq %rbx
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %rbx, 0
  pushq %r12
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r12, 0
  pushq %r13
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r13, 0
  pushq %r14
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r14, 0
  pushq %r15
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset %r15, 0
  subq $8, %rsp
  .cfi_adjust_cfa_offset 8
  stmxcsr (%rsp)
  fnstcw 4(%rsp)
  movl (%rsp), %eax
  movzwl 4(%rsp), %ecx
  movq %rsp, (%rdi)
  movq %rsi, %rsp          // both frames have one layout: the CFI above stays true
  cmpl (%rsp), %eax        // loading control words is slow, and they hardly ever differ
  jne 3f
1:
  cmpw 4(%rsp), %cx
  jne 4f
2:
  addq $8, %rsp
  .cfi_adjust_cfa_offset -8
  popq %r15
  .cfi_adjust_cfa_offset -8
  .cfi_restore %r15
  popq %r14
  .cfi_adjust_cfa_offset -8
  .cfi_restore %r14
  popq %r13
  .cfi_adjust_cfa_offset -8
  .cfi_restore %r13
  popq %r12
  .cfi_adjust_cfa_offset -8
  .cfi_restore %r12
  popq %rbx
  .cfi_adjust_cfa_offset -8
  .cfi_restore %rbx
  popq %rbp
  .cfi_adjust_cfa_offset -8
  .cfi_restore %rbp
  ret
  // The state of the CFI at 1 and 2.
  .cfi_adjust_cfa_offset 56
  .cfi_rel_offset %rbp, 48
  .cfi_rel_offset %rbx, 40
  .cfi_rel_offset %r12, 32
  .cfi_rel_offset %r13, 24
  .cfi_rel_offset %r14, 16
  .cfi_rel_offset %r15, 8
3:
  ldmxcsr (%rsp)
  jmp 1b
4:
  fldcw 4(%rsp)
  jmp 2b
  .cfi_endproc
  .size vole_fiber_switch, . - vole_fiber_switch

// The outermost frame of every fiber. The undefined return address ends each unwinding here: an exception
// that nobody catches finds no handler, so that std::terminate runs with the throw point on the stack.
  .globl vole_fiber_start
  .hidden vole_fiber_start
  .type vole_fiber_start, @function
  .p2align 4
vole_fiber_start:
  .cfi_startproc
  .cfi_undefined %rip
  nop                      // an unwinder looks at the resume address minus one
  .globl vole_fiber_entry
  .hidden vole_fiber_entry
vole_fiber_entry:
  movq %r13, %rdi
  callq *%r12
  ud2
  .cfi_endproc
  .size vole_fiber_start, . - vole_fiber_start

  .globl vole_fiber_capture
  .hidden vole_fiber_capture
  .type vole_fiber_capture, @function
  .p2align 4
vole_fiber_capture:
  .cfi_startproc
  movq (%rsp), %rax
  movq %rax, 0(%rdi)
  leaq 8(%rsp), %rax
  movq %rax, 8(%rdi)
  movq %rbp, 16(%rdi)
  movq %rbx, 24(%rdi)
  movq %r12, 32(%rdi)
  movq %r13, 40(%rdi)
  movq %r14, 48(%rdi)
  movq %r15, 56(%rdi)
  ret
  .cfi_endproc
  .size vole_fiber_capture, . - vole_fiber_capture
#endif
  .section .note.GNU-stack, "", %progbits
