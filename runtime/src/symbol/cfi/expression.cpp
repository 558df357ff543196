// SPDX-License-Identifier: Apache-2.0
// The DWARF expressions that call-frame information uses: the PLT's rule and signal trampolines.
// Async-signal-safe. Source: DWARF 5 section 2.5.
#include "symbol/cfi/leb.h"
#include "symbol/cfi/row.h"

namespace vole::symbol {
namespace {

constexpr std::size_t kStackMax = 16;

class expression_machine {
 public:
  expression_machine(const std::uintptr_t* registers, std::uintptr_t pc, const cfi_memory& memory)
      : registers_(registers), pc_(pc), memory_(memory) {}

  bool push(std::uintptr_t value) noexcept {
    if (size_ == kStackMax) return false;
    stack_[size_++] = value;
    return true;
  }
  bool is_ready() const noexcept { return size_ != 0; }
  std::uintptr_t top() const noexcept { return stack_[size_ - 1]; }

  bool step(byte_reader& in) noexcept {
    const std::uint8_t op = in.byte();
    if (op >= 0x30 && op <= 0x4f) return push(op - 0x30u);                   // DW_OP_lit0..31
    if (op >= 0x70 && op <= 0x8f) return push_based(op - 0x70u, in.sleb());  // DW_OP_breg0..31
    switch (op) {
      case 0x08:
        return push(in.byte());
      case 0x09:
        return push(extend(in.fixed<std::int8_t>()));
      case 0x0a:
        return push(in.fixed<std::uint16_t>());
      case 0x0b:
        return push(extend(in.fixed<std::int16_t>()));
      case 0x0c:
        return push(in.fixed<std::uint32_t>());
      case 0x0d:
        return push(extend(in.fixed<std::int32_t>()));
      case 0x0e:
      case 0x0f:
        return push(in.fixed<std::uint64_t>());
      case 0x10:
        return push(in.uleb());
      case 0x11:
        return push(static_cast<std::uintptr_t>(in.sleb()));
      case 0x12:
        return is_ready() && push(top());  // DW_OP_dup
      case 0x06:                           // DW_OP_deref
        return is_ready() && memory_.read(memory_.context, top(), stack_[size_ - 1]);
      case 0x23:  // DW_OP_plus_uconst
        if (!is_ready()) return false;
        stack_[size_ - 1] += in.uleb();
        return true;
      default:
        return combine(op);
    }
  }

 private:
  static std::uintptr_t extend(std::int64_t value) noexcept {
    return static_cast<std::uintptr_t>(value);
  }

  bool push_based(unsigned number, std::int64_t offset) noexcept {
    std::uint8_t place = kNotTracked;
    switch (number) {
      case 3:
        place = kRbx;
        break;
      case 6:
        place = kRbp;
        break;
      case 7:
        place = kRsp;
        break;
      case 12:
        place = kR12;
        break;
      case 13:
        place = kR13;
        break;
      case 14:
        place = kR14;
        break;
      case 15:
        place = kR15;
        break;
      case 16:
        return push(pc_ + static_cast<std::uintptr_t>(offset));
      default:
        return false;
    }
    return push(registers_[place] + static_cast<std::uintptr_t>(offset));
  }

  bool combine(std::uint8_t op) noexcept {
    if (size_ < 2) return false;
    const std::uintptr_t right = stack_[--size_];
    std::uintptr_t& left = stack_[size_ - 1];
    const auto signed_left = static_cast<std::intptr_t>(left);
    const auto signed_right = static_cast<std::intptr_t>(right);
    switch (op) {
      case 0x1a:
        left &= right;
        return true;
      case 0x1c:
        left -= right;
        return true;
      case 0x21:
        left |= right;
        return true;
      case 0x22:
        left += right;
        return true;
      case 0x24:
        left = right < 64 ? left << right : 0;
        return true;
      case 0x25:
        left = right < 64 ? left >> right : 0;
        return true;
      case 0x29:
        left = signed_left == signed_right;
        return true;
      case 0x2a:
        left = signed_left >= signed_right;
        return true;
      case 0x2b:
        left = signed_left > signed_right;
        return true;
      case 0x2c:
        left = signed_left <= signed_right;
        return true;
      case 0x2d:
        left = signed_left < signed_right;
        return true;
      default:
        return false;
    }
  }

  const std::uintptr_t* registers_;
  std::uintptr_t pc_;
  const cfi_memory& memory_;
  std::uintptr_t stack_[kStackMax];
  std::size_t size_ = 0;
};

}  // namespace

bool evaluate_cfi_expression(const std::uint8_t* expression, const std::uintptr_t* registers,
                             std::uintptr_t pc, const std::uintptr_t* initial,
                             const cfi_memory& memory, std::uintptr_t& value) noexcept {
  byte_reader in{expression};
  const std::uint64_t size = in.uleb();
  const std::uint8_t* const end = in.at + size;
  expression_machine machine(registers, pc, memory);
  if (initial != nullptr && !machine.push(*initial)) return false;
  while (in.at < end)
    if (!machine.step(in)) return false;
  if (!machine.is_ready()) return false;
  value = machine.top();
  return true;
}

}  // namespace vole::symbol
