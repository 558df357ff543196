// SPDX-License-Identifier: Apache-2.0
// Decoded rows of call-frame information by pc, shared by all threads and their signal handlers.
//
// Two words and a key for each entry, written and read without a lock. The key is stored xor'ed
// with both words (Hyatt's trick): an entry that two writers mixed, or that a reader saw half
// written, has a key that fits no pc, and counts as a miss.
#pragma once

#include <cstdint>

#include "symbol/cfi/row.h"

namespace vole::symbol {

// True and the row, if it is there. Async-signal-safe.
bool find_cached_row(std::uintptr_t pc, cfi_row& row) noexcept;

// Keeps the row if it fits: no expressions, small offsets. Async-signal-safe.
void cache_row(std::uintptr_t pc, const cfi_row& row) noexcept;

// Forgets all: pcs of a module that was unloaded may come back as other code's.
void clear_cached_rows() noexcept;

}  // namespace vole::symbol
