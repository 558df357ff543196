// SPDX-License-Identifier: Apache-2.0
// Finds the FDE of a pc by binary search in .eh_frame_hdr and runs its instructions up to the pc.
// Async-signal-safe.
#include "symbol/cfi/row.h"

#include <cstring>

#include "symbol/cfi/leb.h"

namespace vole::symbol {
namespace {

// DWARF's numbers of the registers for x86-64 (psABI figure 3.36).
std::uint8_t place_of(std::uint64_t dwarf_number) noexcept {
  switch (dwarf_number) {
    case 3:
      return kRbx;
    case 6:
      return kRbp;
    case 7:
      return kRsp;
    case 12:
      return kR12;
    case 13:
      return kR13;
    case 14:
      return kR14;
    case 15:
      return kR15;
    case 16:
      return kReturnAddress;
    default:
      return kNotTracked;
  }
}

// One common entry and one frame entry, decoded.
struct frame_entry {
  std::uint8_t pointer_encoding = 0;
  bool has_augmentation_data = false;
  bool is_signal_frame = false;
  std::uint64_t code_alignment = 1;
  std::int64_t data_alignment = 1;
  const std::uint8_t* initial = nullptr;
  const std::uint8_t* initial_end = nullptr;
  std::uintptr_t start = 0, size = 0;
  const std::uint8_t* code = nullptr;
  const std::uint8_t* code_end = nullptr;
};

enum : std::uint8_t {
  kAbsolute = 0x00,
  kUdata4 = 0x03,
  kSdata4 = 0x0b,
  kUdata8 = 0x04,
  kSdata8 = 0x0c,
  kPcRelative = 0x10,
  kSearchTable = 0x3b,  // relative to the header, signed 4 bytes: what every linker writes
};

// An address in one of the encodings that FDEs for x86-64 use. False for another one.
bool read_encoded(byte_reader& in, std::uint8_t encoding, bool is_relative,
                  std::uintptr_t& value) noexcept {
  const auto here = reinterpret_cast<std::uintptr_t>(in.at);
  switch (encoding & 0x0f) {
    case kAbsolute:
    case kUdata8:
    case kSdata8:
      value = in.fixed<std::uint64_t>();
      break;
    case kUdata4:
      value = in.fixed<std::uint32_t>();
      break;
    case kSdata4:
      value = static_cast<std::uintptr_t>(std::int64_t{in.fixed<std::int32_t>()});
      break;
    default:
      return false;
  }
  if (!is_relative) return true;
  if ((encoding & 0x70) == kPcRelative) value += here;
  return (encoding & 0xe0) == 0;  // nothing indirect, nothing relative to other bases
}

bool read_common_entry(const std::uint8_t* at, frame_entry& out) noexcept {
  byte_reader in{at};
  const std::uint32_t length = in.fixed<std::uint32_t>();
  if (length == 0 || length == 0xffffffff) return false;
  out.initial_end = in.at + length;
  if (in.fixed<std::uint32_t>() != 0) return false;  // an id of 0 marks a common entry
  const std::uint8_t version = in.byte();
  if (version != 1 && version != 3) return false;
  const char* augmentation = reinterpret_cast<const char*>(in.at);
  in.at += std::strlen(augmentation) + 1;
  out.code_alignment = in.uleb();
  out.data_alignment = in.sleb();
  const std::uint64_t return_register = version == 1 ? in.byte() : in.uleb();
  if (place_of(return_register) != kReturnAddress) return false;
  if (*augmentation == '\0') {
    out.initial = in.at;
    return true;
  }
  if (*augmentation++ != 'z') return false;
  out.has_augmentation_data = true;
  const std::uint64_t data_size = in.uleb();
  out.initial = in.at + data_size;
  for (; *augmentation != '\0'; ++augmentation) {
    switch (*augmentation) {
      case 'R':
        out.pointer_encoding = in.byte();
        break;
      case 'L':
        in.byte();
        break;
      case 'S':
        out.is_signal_frame = true;
        break;
      case 'P': {  // the personality routine: only its size matters here
        const std::uint8_t encoding = in.byte();
        std::uintptr_t ignored = 0;
        if (!read_encoded(in, encoding, false, ignored)) return false;
        break;
      }
      default:
        return false;
    }
  }
  return true;
}

bool read_frame_entry(const std::uint8_t* at, frame_entry& out) noexcept {
  byte_reader in{at};
  const std::uint32_t length = in.fixed<std::uint32_t>();
  if (length == 0 || length == 0xffffffff) return false;
  out.code_end = in.at + length;
  const std::uint8_t* const id_at = in.at;
  const std::uint32_t distance = in.fixed<std::uint32_t>();
  if (distance == 0 || !read_common_entry(id_at - distance, out)) return false;
  if (!read_encoded(in, out.pointer_encoding, true, out.start)) return false;
  if (!read_encoded(in, out.pointer_encoding, false, out.size)) return false;
  if (out.has_augmentation_data) {
    const std::uint64_t size = in.uleb();
    in.at += size;
  }
  out.code = in.at;
  return true;
}

// The entry that may hold `pc`, from the sorted table behind the header.
const std::uint8_t* find_frame_entry(const module& in, std::uintptr_t pc) noexcept {
  if (in.eh_frame_hdr == nullptr) return nullptr;
  byte_reader header{in.eh_frame_hdr};
  const std::uint8_t version = header.byte();
  const std::uint8_t frame_encoding = header.byte();
  const std::uint8_t count_encoding = header.byte();
  const std::uint8_t table_encoding = header.byte();
  if (version != 1 || table_encoding != kSearchTable) return nullptr;
  std::uintptr_t ignored = 0, count = 0;
  if (!read_encoded(header, frame_encoding, false, ignored)) return nullptr;
  if (!read_encoded(header, count_encoding, false, count) || count == 0) return nullptr;
  struct pair {
    std::int32_t pc, entry;
  };
  const std::uint8_t* const table = header.at;
  const auto base = reinterpret_cast<std::uintptr_t>(in.eh_frame_hdr);
  const auto wanted = static_cast<std::int64_t>(pc - base);
  const auto at = [table](std::size_t index) {
    pair entry;
    std::memcpy(&entry, table + index * sizeof entry, sizeof entry);
    return entry;
  };
  if (wanted < at(0).pc) return nullptr;
  std::size_t low = 0, high = count;  // at(low).pc <= wanted < at(high).pc
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (at(middle).pc <= wanted ? low : high) = middle;
  }
  return in.eh_frame_hdr + at(low).entry;
}

constexpr std::size_t kRememberedMax = 4;  // compilers nest one deep

// The machine of section 6.4.3. `row` is the row of `pc` once run() has returned true.
class row_machine {
 public:
  row_machine(const frame_entry& entry, std::uintptr_t pc, cfi_row& row)
      : entry_(entry), pc_(pc), here_(entry.start), row_(row) {}

  bool run() noexcept {
    if (!execute(entry_.initial, entry_.initial_end)) return false;
    initial_ = row_;
    return execute(entry_.code, entry_.code_end);
  }

 private:
  bool execute(const std::uint8_t* from, const std::uint8_t* to) noexcept {
    byte_reader in{from};
    while (in.at < to && here_ <= pc_) {
      const std::uint8_t op = in.byte();
      const bool is_known = (op & 0xc0) != 0 ? execute_packed(op, in) : execute_plain(op, in);
      if (!is_known) return false;
    }
    return true;
  }

  bool execute_packed(std::uint8_t op, byte_reader& in) noexcept {
    const std::uint8_t operand = op & 0x3f;
    switch (op & 0xc0) {
      case 0x40:
        advance(operand);
        break;  // DW_CFA_advance_loc
      case 0x80:
        set(operand, cfi_rule_kind::at_offset, factored(in.uleb()));
        break;  // offset
      default:
        restore(operand);
        break;  // DW_CFA_restore
    }
    return true;
  }

  bool execute_plain(std::uint8_t op, byte_reader& in) noexcept {
    switch (op) {
      case 0x00:
        return true;  // DW_CFA_nop
      case 0x01:
        return read_encoded(in, entry_.pointer_encoding, true, here_);  // set_loc
      case 0x02:
        advance(in.byte());
        return true;  // advance_loc1
      case 0x03:
        advance(in.fixed<std::uint16_t>());
        return true;  // advance_loc2
      case 0x04:
        advance(in.fixed<std::uint32_t>());
        return true;  // advance_loc4
      case 0x0a:
        return remember();  // remember_state
      case 0x0b:
        return recall();  // restore_state
      case 0x0c: {        // def_cfa
        const std::uint8_t place = place_of(in.uleb());
        return define_cfa(place, static_cast<std::int64_t>(in.uleb()));
      }
      case 0x12: {  // def_cfa_sf
        const std::uint8_t place = place_of(in.uleb());
        return define_cfa(place, in.sleb() * entry_.data_alignment);
      }
      case 0x0d:
        return define_cfa(place_of(in.uleb()), row_.cfa_offset);  // def_cfa_register
      case 0x0e:
        return move_cfa(static_cast<std::int64_t>(in.uleb()));  // def_cfa_offset
      case 0x13:
        return move_cfa(in.sleb() * entry_.data_alignment);  // def_cfa_offset_sf
      case 0x0f:                                             // def_cfa_expression
        row_.cfa_register = kNotTracked;
        row_.cfa_expression = in.at;
        skip_block(in);
        return true;
      case 0x2e:
        in.uleb();
        return true;  // GNU_args_size
      default:
        return execute_rule(op, in);
    }
  }

  bool execute_rule(std::uint8_t op, byte_reader& in) noexcept {
    const std::uint64_t number = in.uleb();
    switch (op) {
      case 0x05:
        set(number, cfi_rule_kind::at_offset, factored(in.uleb()));
        return true;
      case 0x06:
        restore(number);
        return true;
      case 0x07:
        set(number, cfi_rule_kind::undefined, 0);
        return true;
      case 0x08:
        set(number, cfi_rule_kind::same, 0);
        return true;
      case 0x09:
        set(number, cfi_rule_kind::in_register, place_of(in.uleb()));
        return true;
      case 0x10:
        set_expression(number, cfi_rule_kind::at_expression, in);
        return true;
      case 0x16:
        set_expression(number, cfi_rule_kind::is_expression, in);
        return true;
      case 0x11:
        set(number, cfi_rule_kind::at_offset, in.sleb() * entry_.data_alignment);
        return true;
      case 0x14:
        set(number, cfi_rule_kind::is_offset, factored(in.uleb()));
        return true;
      case 0x15:
        set(number, cfi_rule_kind::is_offset, in.sleb() * entry_.data_alignment);
        return true;
      case 0x2f:
        set(number, cfi_rule_kind::at_offset, -factored(in.uleb()));
        return true;
      default:
        return false;
    }
  }

  void advance(std::uint64_t delta) noexcept { here_ += delta * entry_.code_alignment; }
  std::int64_t factored(std::uint64_t value) const noexcept {
    return static_cast<std::int64_t>(value) * entry_.data_alignment;
  }
  void set(std::uint64_t number, cfi_rule_kind kind, std::int64_t offset) noexcept {
    const std::uint8_t place = place_of(number);
    if (place != kNotTracked)
      row_.rules[place] = {.kind = kind, .offset = static_cast<std::int32_t>(offset)};
  }
  void set_expression(std::uint64_t number, cfi_rule_kind kind, byte_reader& in) noexcept {
    const std::uint8_t place = place_of(number);
    if (place != kNotTracked) row_.rules[place] = {.kind = kind, .expression = in.at};
    skip_block(in);
  }
  void restore(std::uint64_t number) noexcept {
    const std::uint8_t place = place_of(number);
    if (place != kNotTracked) row_.rules[place] = initial_.rules[place];
  }
  static void skip_block(byte_reader& in) noexcept {
    const std::uint64_t size = in.uleb();
    in.at += size;
  }
  bool define_cfa(std::uint8_t place, std::int64_t offset) noexcept {
    row_.cfa_register = place;
    return place != kNotTracked && move_cfa(offset);
  }
  bool move_cfa(std::int64_t offset) noexcept {
    row_.cfa_offset = static_cast<std::int32_t>(offset);
    return row_.cfa_offset == offset;
  }
  bool remember() noexcept {
    if (remembered_count_ == kRememberedMax) return false;
    remembered_[remembered_count_++] = row_;
    return true;
  }
  bool recall() noexcept {
    if (remembered_count_ == 0) return false;
    row_ = remembered_[--remembered_count_];
    return true;
  }

  const frame_entry& entry_;
  const std::uintptr_t pc_;
  std::uintptr_t here_;
  cfi_row& row_;
  cfi_row initial_;
  cfi_row remembered_[kRememberedMax];
  std::size_t remembered_count_ = 0;
};

}  // namespace

bool find_cfi_row(const module& in, std::uintptr_t pc, cfi_row& row) noexcept {
  const std::uint8_t* const at = find_frame_entry(in, pc);
  frame_entry entry;
  if (at == nullptr || !read_frame_entry(at, entry)) return false;
  if (pc < entry.start || pc - entry.start >= entry.size) return false;
  row = cfi_row{};
  if (!row_machine(entry, pc, row).run()) return false;
  row.is_signal_frame = entry.is_signal_frame;
  return true;
}

}  // namespace vole::symbol
