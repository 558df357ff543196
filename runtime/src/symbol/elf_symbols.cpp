// SPDX-License-Identifier: Apache-2.0
// Reads symbol tables with libelf.
#include "symbol/elf_symbols.h"

#include <gelf.h>

#include <algorithm>
#include <tuple>

namespace vole::symbol {
namespace {

// A function without a size is taken to end here at the latest: hand-written assembly is short.
constexpr std::uint64_t kUnsizedFunctionMax = 65536;

void sort_and_thin(std::vector<elf_symbol>& symbols) {
  const auto rank = [](const elf_symbol& s) {
    return std::tuple(s.address, s.preference, ~s.size);
  };
  std::sort(symbols.begin(), symbols.end(),
            [&](const elf_symbol& a, const elf_symbol& b) { return rank(a) < rank(b); });
  const auto same = [](const elf_symbol& a, const elf_symbol& b) { return a.address == b.address; };
  symbols.erase(std::unique(symbols.begin(), symbols.end(), same), symbols.end());
}

const elf_symbol* last_not_above(const std::vector<elf_symbol>& symbols, std::uint64_t address) {
  const auto after = std::upper_bound(
      symbols.begin(), symbols.end(), address,
      [](std::uint64_t wanted, const elf_symbol& s) { return wanted < s.address; });
  return after == symbols.begin() ? nullptr : &after[-1];
}

}  // namespace

elf_symbols::elf_symbols(Elf* elf) {
  if (elf == nullptr) return;
  Elf_Scn* chosen = nullptr;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type == SHT_SYMTAB) chosen = section;
    if (header.sh_type == SHT_DYNSYM && chosen == nullptr) chosen = section;
  }
  if (chosen != nullptr) read_table(elf, chosen);
  sort_and_thin(functions_);
  sort_and_thin(objects_);
}

void elf_symbols::read_table(Elf* elf, void* section) {
  auto* const table = static_cast<Elf_Scn*>(section);
  GElf_Shdr header;
  Elf_Data* const data = elf_getdata(table, nullptr);
  if (gelf_getshdr(table, &header) == nullptr || data == nullptr || header.sh_entsize == 0) return;
  const std::size_t count = header.sh_size / header.sh_entsize;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) continue;
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_value == 0) continue;
    const char* const name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name == nullptr || *name == '\0' || *name == '$') continue;
    const int binding = GELF_ST_BIND(symbol.st_info);
    const int preference = binding == STB_GLOBAL ? 0 : binding == STB_WEAK ? 1 : 2;
    const elf_symbol entry{symbol.st_value, symbol.st_size, name, preference};
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (type == STT_OBJECT) objects_.push_back(entry);
    // Assembly often leaves the type out.
    const bool is_code = type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
    if (is_code) functions_.push_back(entry);
  }
}

const elf_symbol* elf_symbols::find_function(std::uint64_t address) const {
  const elf_symbol* const found = last_not_above(functions_, address);
  if (found == nullptr) return nullptr;
  const std::uint64_t size = found->size != 0 ? found->size : kUnsizedFunctionMax;
  return address - found->address < size ? found : nullptr;
}

const elf_symbol* elf_symbols::find_object(std::uint64_t address) const {
  const elf_symbol* const found = last_not_above(objects_, address);
  return found != nullptr && address - found->address < found->size ? found : nullptr;
}

}  // namespace vole::symbol
