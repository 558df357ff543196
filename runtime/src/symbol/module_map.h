// SPDX-License-Identifier: Apache-2.0
// The loaded ELF files of the process, as a table that a signal handler may read.
//
// refresh_modules() makes a new immutable table when the dynamic linker has loaded something since,
// and publishes its address; old tables are never freed (a few hundred bytes for each dlopen), so
// that whoever reads one may go on.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vole::symbol {

struct module {
  std::uintptr_t low = 0, high = 0;            // all its segments, [low, high)
  std::uintptr_t text_low = 0, text_high = 0;  // the first executable segment, whole pages
  std::uint64_t text_file_offset = 0;          // of text_low
  std::uintptr_t load_bias = 0;
  const std::uint8_t* eh_frame_hdr = nullptr;
  const std::uint8_t* image = nullptr;     // the ELF header in memory; null if not mapped
  const std::uint8_t* build_id = nullptr;  // the note's bytes
  std::size_t build_id_size = 0;
  const char* path = "";  // "" where the linker gives none
  bool is_program = false;
  bool is_vdso = false;
};

struct module_table {
  std::size_t count = 0;
  module* modules = nullptr;  // by rising `low`

  const module* find(std::uintptr_t address) const noexcept;
};

// The newest table; null before the first refresh. Async-signal-safe.
const module_table* modules() noexcept;

// Brings the table up to date and returns it. Takes the dynamic linker's lock; allocates. Not in a
// signal handler.
const module_table& refresh_modules();

}  // namespace vole::symbol
