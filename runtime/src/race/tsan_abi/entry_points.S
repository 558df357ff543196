// SPDX-License-Identifier: Apache-2.0
// The entry points of ThreadSanitizer's ABI that say what one of instrument_abi.def says: a jump there, so that the place of the
// access is still the caller's. The others are in operations.cpp.
#if defined(__x86_64__)
#define JUMP jmp
#define SIZE_ARGUMENT(BYTES) movl $BYTES, %esi
#elif defined(__aarch64__)
#define JUMP b
#define SIZE_ARGUMENT(BYTES) mov x1, #BYTES
#endif

  .text

  .macro entry name, target
  .globl \name
  .type \name, %function
  .p2align 4
\name:
  .cfi_startproc
  JUMP \target
  .cfi_endproc
  .size \name, . - \name
  .endm

  .macro entry_of_size name, target, bytes
  .globl \name
  .type \name, %function
  .p2align 4
\name:
  .cfi_startproc
  SIZE_ARGUMENT(\bytes)
  JUMP \target
  .cfi_endproc
  .size \name, . - \name
  .endm

  .irp bytes, 1, 2, 4, 8, 16
  entry __tsan_read\bytes, __vole_read\bytes
  entry __tsan_write\bytes, __vole_write\bytes
  entry __tsan_volatile_read\bytes, __vole_read\bytes
  entry __tsan_volatile_write\bytes, __vole_write\bytes
  // What is read and then written: whatever races with the read races with the write.
  entry __tsan_read_write\bytes, __vole_write\bytes
  entry_of_size __tsan_unaligned_read\bytes, __vole_read_range, \bytes
  entry_of_size __tsan_unaligned_write\bytes, __vole_write_range, \bytes
  entry_of_size __tsan_unaligned_volatile_read\bytes, __vole_read_range, \bytes
  entry_of_size __tsan_unaligned_volatile_write\bytes, __vole_write_range, \bytes
  entry_of_size __tsan_unaligned_read_write\bytes, __vole_write_range, \bytes
  .endr

  entry __tsan_read_range, __vole_read_range
  entry __tsan_write_range, __vole_write_range
  entry __tsan_vptr_update, __vole_write_vptr
  entry __tsan_vptr_read, __vole_read8
  entry __tsan_memcpy, __vole_memcpy
  entry __tsan_memmove, __vole_memmove
  entry __tsan_memset, __vole_memset

  .irp bits, 8, 16, 32, 64, 128
  .irp operation, load, store, exchange, fetch_add, fetch_sub, fetch_and, fetch_or, fetch_xor, fetch_nand
  entry __tsan_atomic\bits\()_\operation, __vole_atomic\bits\()_\operation
  .endr
  entry __tsan_atomic\bits\()_compare_exchange_val, __vole_atomic\bits\()_compare_exchange
  .endr
  entry __tsan_atomic_thread_fence, __vole_atomic_fence

  .section .note.GNU-stack, "", %progbits
