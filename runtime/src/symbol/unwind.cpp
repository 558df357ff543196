// SPDX-License-Identifier: Apache-2.0
// Walks a stack frame by frame. Async-signal-safe but for prepare_unwind() and
// thread_stack_bounds().
//
// One step, x86-64: find the row of the pc (cache, then the module's table); CFA = register +
// offset or an expression; the caller's registers follow from the rules, the caller's sp is the
// CFA. Where no table knows the pc, one guess: after a call through a wild pointer the return
// address is on top of the stack; else the frame pointer's chain. The stack pointer must rise with
// each frame (it may stay for the first), which ends every cycle.
#include "symbol/unwind.h"

#include <pthread.h>
#include <ucontext.h>

#include <initializer_list>

#include "symbol/cfi/row.h"
#include "symbol/cfi/row_cache.h"
#include "symbol/cfi/stack_memory.h"
#include "symbol/module_map.h"

namespace vole::symbol {
namespace {

struct cursor {
  std::uintptr_t pc = 0;
  std::uintptr_t registers[kCfiRegisters] = {};  // kRsp and kRbp included; kReturnAddress unused
  bool is_interrupted = false;
};

bool read_word(void* memory, std::uintptr_t address, std::uintptr_t& value) {
  return static_cast<stack_memory*>(memory)->read(address, value);
}

// The frame-pointer chain: [fp] is the caller's fp, [fp + 8] the return address.
bool step_by_frame_pointer(cursor& at, stack_memory& memory) noexcept {
  const std::uintptr_t fp = at.registers[kRbp];
  std::uintptr_t outer_fp = 0, pc = 0;
  if (fp < at.registers[kRsp]) return false;
  if (!memory.read(fp, outer_fp) || !memory.read(fp + 8, pc) || pc == 0) return false;
  at.pc = pc;
  at.registers[kRsp] = fp + 16;
  at.registers[kRbp] = outer_fp;
  at.is_interrupted = false;
  return true;
}

#if defined(__x86_64__)

bool find_row(const module& in, std::uintptr_t pc, cfi_row& row) noexcept {
  if (find_cached_row(pc, row)) return true;
  if (!find_cfi_row(in, pc, row)) return false;
  cache_row(pc, row);
  return true;
}

// The value of one register in the caller; false: lost, or its place can't be read.
bool apply(const cfi_rule& rule, unsigned which, const cursor& at, std::uintptr_t cfa,
           stack_memory& memory, std::uintptr_t& value) noexcept {
  const cfi_memory reader{&read_word, &memory};
  const std::uintptr_t where = cfa + static_cast<std::uintptr_t>(std::intptr_t{rule.offset});
  std::uintptr_t computed = 0;
  switch (rule.kind) {
    case cfi_rule_kind::same:
      value = at.registers[which];
      return which != kReturnAddress;
    case cfi_rule_kind::undefined:
      return false;
    case cfi_rule_kind::at_offset:
      return memory.read(where, value);
    case cfi_rule_kind::is_offset:
      value = where;
      return true;
    case cfi_rule_kind::in_register:
      if (static_cast<unsigned>(rule.offset) >= kReturnAddress) return false;
      value = at.registers[rule.offset];
      return true;
    case cfi_rule_kind::at_expression:
      return evaluate_cfi_expression(rule.expression, at.registers, at.pc, &cfa, reader,
                                     computed) &&
             memory.read(computed, value);
    case cfi_rule_kind::is_expression:
      return evaluate_cfi_expression(rule.expression, at.registers, at.pc, &cfa, reader, value);
  }
  return false;
}

bool step_by_table(const cfi_row& row, cursor& at, stack_memory& memory) noexcept {
  std::uintptr_t cfa = 0;
  if (row.cfa_register == kNotTracked) {
    const cfi_memory reader{&read_word, &memory};
    if (!evaluate_cfi_expression(row.cfa_expression, at.registers, at.pc, nullptr, reader, cfa))
      return false;
  } else {
    cfa =
        at.registers[row.cfa_register] + static_cast<std::uintptr_t>(std::intptr_t{row.cfa_offset});
  }
  cursor caller;
  if (!apply(row.rules[kReturnAddress], kReturnAddress, at, cfa, memory, caller.pc)) return false;
  caller.registers[kRsp] = cfa;
  for (unsigned i = 0; i < kReturnAddress; ++i) {
    // The rule for rsp is "the CFA" unless a trampoline says otherwise. A register that is lost
    // stays 0: only a frame that needs it ends the walk.
    if (i == kRsp && row.rules[i].kind == cfi_rule_kind::same) continue;
    apply(row.rules[i], i, at, cfa, memory, caller.registers[i]);
  }
  caller.is_interrupted = row.is_signal_frame;
  at = caller;
  return true;
}

// A call instruction ends at `pc`. The bytes are read only where a module's code is.
bool is_behind_call(std::uintptr_t pc, const module_table& table) noexcept {
  constexpr std::uintptr_t kCallBytesMax = 7;
  const module* const in = table.find(pc);
  if (in == nullptr || pc < in->text_low + kCallBytesMax || pc >= in->text_high) return false;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): code is found as a number
  const auto* const end = reinterpret_cast<const std::uint8_t*>(pc);
  if (end[-5] == 0xe8) return true;  // call rel32
  // call r/m64 is ff /2: without, with one and with four bytes of displacement, or with a SIB byte.
  for (int length : {2, 3, 4, 6, 7})
    if (end[-length] == 0xff && (end[1 - length] & 0x38) == 0x10) return true;
  return false;
}

// An interrupted pc that no table knows: a stub (linkers such as mold describe no PLT), or nothing
// at all (a call through a wild pointer). The return address is still near the top of the stack.
bool step_out_of_stub(cursor& at, const module_table& table, stack_memory& memory) noexcept {
  constexpr std::uintptr_t kPushedMax = 2;  // by the PLT's head, for the dynamic linker
  const std::uintptr_t sp = at.registers[kRsp];
  for (std::uintptr_t i = 0; i <= kPushedMax; ++i) {
    std::uintptr_t pc = 0;
    if (!memory.read(sp + 8 * i, pc)) return false;
    if (!is_behind_call(pc, table)) continue;
    at.pc = pc;
    at.registers[kRsp] = sp + 8 * (i + 1);
    at.is_interrupted = false;
    return true;
  }
  return false;
}

// True if `at` is now the caller's frame.
bool step(cursor& at, const module_table& table, stack_memory& memory) noexcept {
  const std::uintptr_t lookup = at.is_interrupted ? at.pc : at.pc - 1;
  const module* const in = table.find(lookup);
  cfi_row row;
  if (in != nullptr && find_row(*in, lookup, row)) return step_by_table(row, at, memory);
  if (at.is_interrupted && step_out_of_stub(at, table, memory)) return true;
  return step_by_frame_pointer(at, memory) && table.find(at.pc - 1) != nullptr;
}

#else

bool step(cursor& at, const module_table& /*table*/, stack_memory& memory) noexcept {
  return step_by_frame_pointer(at, memory);
}

#endif

cursor cursor_at(const registers& from) noexcept {
  cursor at;
  at.pc = from.pc;
  at.is_interrupted = from.is_interrupted;
  at.registers[kRsp] = from.sp;
  at.registers[kRbp] = from.fp;
#if defined(__x86_64__)
  at.registers[kRbx] = from.callee_saved[0];
  at.registers[kR12] = from.callee_saved[1];
  at.registers[kR13] = from.callee_saved[2];
  at.registers[kR14] = from.callee_saved[3];
  at.registers[kR15] = from.callee_saved[4];
#endif
  return at;
}

constexpr module_table kNoModules;

// Writes the frames behind the first `skip`, up to `capacity` of them.
std::size_t walk(cursor at, stack_bounds bounds, std::uintptr_t* pcs, std::size_t capacity,
                 std::size_t skip) noexcept {
  const module_table* table = modules();
  if (table == nullptr) table = &kNoModules;
  stack_memory memory(bounds);
  std::size_t seen = 0, depth = 0;
  while (depth < capacity && (at.pc != 0 || at.is_interrupted)) {
    if (seen++ >= skip) pcs[depth++] = at.is_interrupted ? at.pc + 1 : at.pc;
    const std::uintptr_t sp = at.registers[kRsp];
    if (!step(at, *table, memory)) break;
    const bool may_stay = seen == 1;  // a leaf that has pushed nothing, on aarch64
    if (at.registers[kRsp] < sp || (at.registers[kRsp] == sp && !may_stay)) break;
  }
  return depth;
}

}  // namespace

registers registers_of_ucontext(const void* context) noexcept {
  const mcontext_t& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
  registers result;
  result.is_interrupted = true;
#if defined(__x86_64__)
  const auto value = [&machine](int index) {
    return static_cast<std::uintptr_t>(machine.gregs[index]);
  };
  result.pc = value(REG_RIP);
  result.sp = value(REG_RSP);
  result.fp = value(REG_RBP);
  result.callee_saved[0] = value(REG_RBX);
  result.callee_saved[1] = value(REG_R12);
  result.callee_saved[2] = value(REG_R13);
  result.callee_saved[3] = value(REG_R14);
  result.callee_saved[4] = value(REG_R15);
#elif defined(__aarch64__)
  result.pc = machine.pc;
  result.sp = machine.sp;
  result.fp = machine.regs[29];
  for (int i = 0; i < 10; ++i) result.callee_saved[i] = machine.regs[19 + i];
#endif
  return result;
}

void prepare_unwind() {
  const module_table* const before = modules();
  if (&refresh_modules() != before) clear_cached_rows();
}

std::size_t unwind(const registers& from, stack_bounds bounds, std::uintptr_t* pcs,
                   std::size_t capacity) noexcept {
  return walk(cursor_at(from), bounds, pcs, capacity, 0);
}

// Registers are taken inside of this very frame, whose own row then leads to the caller.
[[gnu::noinline]] std::size_t unwind_here(std::uintptr_t* pcs, std::size_t capacity,
                                          std::size_t skip, stack_bounds bounds) noexcept {
  registers here;
#if defined(__x86_64__)
  asm volatile(
      "leaq 0f(%%rip), %%rax\n\t"
      "0: movq %%rax, 0(%0)\n\t"
      "movq %%rsp, 8(%0)\n\t"
      "movq %%rbp, 16(%0)\n\t"
      "movq %%rbx, 24(%0)\n\t"
      "movq %%r12, 32(%0)\n\t"
      "movq %%r13, 40(%0)\n\t"
      "movq %%r14, 48(%0)\n\t"
      "movq %%r15, 56(%0)\n\t"
      :
      : "r"(&here)
      : "rax", "memory");
#elif defined(__aarch64__)
  here.fp = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  here.sp = here.fp;
  here.pc = reinterpret_cast<std::uintptr_t>(&unwind_here) + 4;
#endif
  if (modules() == nullptr) prepare_unwind();
  return walk(cursor_at(here), bounds, pcs, capacity, 1 + skip);
}

stack_bounds thread_stack_bounds() noexcept {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
  void* low = nullptr;
  std::size_t size = 0;
  const bool is_known = pthread_attr_getstack(&attributes, &low, &size) == 0;
  pthread_attr_destroy(&attributes);
  if (!is_known) return {};
  const auto start = reinterpret_cast<std::uintptr_t>(low);
  return {start, start + size};
}

}  // namespace vole::symbol
