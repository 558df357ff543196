// SPDX-License-Identifier: Apache-2.0
// The symbol tables of one ELF file, sorted by address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vole::symbol {

struct elf_symbol {
  std::uint64_t address = 0;  // as in the file: without the load bias
  std::uint64_t size = 0;     // 0: not said
  const char* name = "";      // mangled; lies in the image
  int preference = 0;         // among symbols of one address: global, weak, local
};

class elf_symbols {
 public:
  // Reads .symtab, or .dynsym where it is stripped, out of a whole file in memory, which must live
  // as long as this. Nothing is found in bytes that are no ELF file of this machine's kind.
  explicit elf_symbols(std::span<const std::uint8_t> image);

  // The function (variable) that `address` lies in, or null. Nearest below it where sizes are not
  // said, but for variables, whose size must be.
  const elf_symbol* find_function(std::uint64_t address) const;
  const elf_symbol* find_object(std::uint64_t address) const;

 private:
  std::vector<elf_symbol> functions_, objects_;
};

}  // namespace vole::symbol
