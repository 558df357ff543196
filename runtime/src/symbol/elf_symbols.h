// SPDX-License-Identifier: Apache-2.0
// The symbol tables of one ELF file, sorted by address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct Elf;

namespace vole::symbol {

struct elf_symbol {
  std::uint64_t address = 0;  // as in the file: without the load bias
  std::uint64_t size = 0;     // 0: not said
  const char* name = "";      // mangled; lives as long as the Elf
  int preference = 0;         // among symbols of one address: global, weak, local
};

class elf_symbols {
 public:
  // Reads .symtab, or .dynsym where it is stripped. `elf` must live as long as this; null: empty.
  explicit elf_symbols(Elf* elf);

  // The function (variable) that `address` lies in, or null. Nearest below it where sizes are not
  // said, but for variables, whose size must be.
  const elf_symbol* find_function(std::uint64_t address) const;
  const elf_symbol* find_object(std::uint64_t address) const;

 private:
  void read_table(Elf* elf, void* section);

  std::vector<elf_symbol> functions_, objects_;
};

}  // namespace vole::symbol
