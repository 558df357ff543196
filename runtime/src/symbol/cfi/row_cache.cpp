// SPDX-License-Identifier: Apache-2.0
// Packs a row into two words. Async-signal-safe.
#include "symbol/cfi/row_cache.h"

#include <atomic>

namespace vole::symbol {
namespace {

// 24 KiB. A profile of a service has some 2,000 hot return addresses: half the size costs about a
// fifth of the hits, twice the size wins nothing that was measured.
constexpr std::size_t kEntries = 1024;

struct entry {
  std::atomic<std::uint64_t> key{0};  // pc ^ words[0] ^ words[1]
  std::atomic<std::uint64_t> words[2] = {};
};
constinit entry entries[kEntries];

entry& entry_of(std::uintptr_t pc) { return entries[(pc * 0x9e3779b97f4a7c15u) >> 54]; }
static_assert(kEntries == std::size_t{1} << (64 - 54));

// words[0]: bits 0..31 cfa_offset, 32..39 cfa_register, 40 signal frame, 63 present.
// words[1]: one byte for each rule: the offset in words (negative), or one of these.
constexpr std::int8_t kSame = 0, kUndefined = 1;
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;

bool pack(const cfi_row& row, std::uint64_t (&words)[2]) {
  if (row.cfa_register == kNotTracked) return false;
  words[0] = static_cast<std::uint32_t>(row.cfa_offset) |
             static_cast<std::uint64_t>(row.cfa_register) << 32 |
             static_cast<std::uint64_t>(row.is_signal_frame) << 40 | kPresent;
  words[1] = 0;
  for (unsigned i = 0; i < kCfiRegisters; ++i) {
    const cfi_rule& rule = row.rules[i];
    std::int8_t code = 0;
    switch (rule.kind) {
      case cfi_rule_kind::same:
        code = kSame;
        break;
      case cfi_rule_kind::undefined:
        code = kUndefined;
        break;
      case cfi_rule_kind::at_offset:
        if (rule.offset % 8 != 0 || rule.offset > -8 || rule.offset < -128 * 8) return false;
        code = static_cast<std::int8_t>(rule.offset / 8);
        break;
      default:
        return false;
    }
    words[1] |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(code)) << (8 * i);
  }
  return true;
}
static_assert(kCfiRegisters == 8, "one byte of words[1] each");

void unpack(const std::uint64_t (&words)[2], cfi_row& row) {
  row.cfa_offset = static_cast<std::int32_t>(words[0]);
  row.cfa_register = static_cast<std::uint8_t>(words[0] >> 32);
  row.is_signal_frame = (words[0] >> 40 & 1) != 0;
  row.cfa_expression = nullptr;
  for (unsigned i = 0; i < kCfiRegisters; ++i) {
    const auto code = static_cast<std::int8_t>(words[1] >> (8 * i));
    cfi_rule& rule = row.rules[i];
    rule = cfi_rule{};
    if (code == kUndefined) rule.kind = cfi_rule_kind::undefined;
    if (code < 0) rule = {.kind = cfi_rule_kind::at_offset, .offset = code * 8};
  }
}

}  // namespace

// relaxed throughout: the three words of an entry vouch for one another, nothing else is published.

bool find_cached_row(std::uintptr_t pc, cfi_row& row) noexcept {
  const entry& e = entry_of(pc);
  const std::uint64_t words[2] = {e.words[0].load(std::memory_order_relaxed),   // relaxed: above
                                  e.words[1].load(std::memory_order_relaxed)};  // relaxed: above
  const std::uint64_t key = e.key.load(std::memory_order_relaxed);              // relaxed: above
  if ((key ^ words[0] ^ words[1]) != pc || (words[0] & kPresent) == 0) return false;
  unpack(words, row);
  return true;
}

void cache_row(std::uintptr_t pc, const cfi_row& row) noexcept {
  std::uint64_t words[2];
  if (!pack(row, words)) return;
  entry& e = entry_of(pc);
  e.words[0].store(words[0], std::memory_order_relaxed);             // relaxed: above
  e.words[1].store(words[1], std::memory_order_relaxed);             // relaxed: above
  e.key.store(pc ^ words[0] ^ words[1], std::memory_order_relaxed);  // relaxed: above
}

void clear_cached_rows() noexcept {
  for (entry& e : entries) {
    e.words[0].store(0, std::memory_order_relaxed);  // relaxed: above; not present any more
    e.key.store(0, std::memory_order_relaxed);       // relaxed: above
  }
}

}  // namespace vole::symbol
