// SPDX-License-Identifier: Apache-2.0
// What the detector does when a heap block begins and ends its life.
#pragma once

#include <cstddef>

#include "race/shadow/history.h"

extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* block, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
void __libc_free(void* block);
}

namespace vole::race {

// The block is new: what its memory was before is forgotten, and where it comes from is noted.
void begin_block(void* block, std::size_t bytes, call_site site);
// The block is about to be given back: that is a write of all of it.
void end_block(void* block, call_site site);

}  // namespace vole::race
