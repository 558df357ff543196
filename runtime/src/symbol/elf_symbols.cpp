// SPDX-License-Identifier: Apache-2.0
// Reads symbol tables. libelf could, but then every user of the library would have to link it.
#include "symbol/elf_symbols.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>
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

// Looks into the file without trusting it: what lies outside of the image is not there.
class elf_image {
 public:
  explicit elf_image(std::span<const std::uint8_t> image) : image_(image) {
    const auto* const header = at<ElfW(Ehdr)>(0);
    const bool is_usable =
        header != nullptr && std::memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 &&
        header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == ELFDATA2LSB &&
        header->e_shentsize == sizeof(ElfW(Shdr));
    if (!is_usable) return;
    const auto* const first = at<ElfW(Shdr)>(header->e_shoff);
    if (first == nullptr) return;
    // A file with very many sections keeps their number in the first one.
    const std::size_t count = header->e_shnum != 0 ? header->e_shnum : first->sh_size;
    const std::size_t room = (image_.size() - header->e_shoff) / sizeof(ElfW(Shdr));
    sections_ = {first, std::min(count, room)};
  }

  const ElfW(Shdr) * section(std::size_t index) const {
    return index < sections_.size() ? &sections_[index] : nullptr;
  }

  const ElfW(Shdr) * symbol_table() const {
    const ElfW(Shdr)* found = nullptr;
    for (const ElfW(Shdr) & s : sections_) {
      if (s.sh_type == SHT_SYMTAB) return &s;
      if (s.sh_type == SHT_DYNSYM) found = &s;
    }
    return found;
  }

  template <class T>
  std::span<const T> content(const ElfW(Shdr) & s) const {
    const T* const first = at<T>(s.sh_offset);
    if (first == nullptr || s.sh_size > image_.size() - s.sh_offset) return {};
    return {first, s.sh_size / sizeof(T)};
  }

  // The text at `offset` of a string section; null if it does not end in the image.
  const char* text(const ElfW(Shdr) & strings, std::size_t offset) const {
    const std::span<const char> all = content<char>(strings);
    if (offset >= all.size()) return nullptr;
    const char* const begin = all.data() + offset;
    return std::memchr(begin, 0, all.size() - offset) != nullptr ? begin : nullptr;
  }

 private:
  template <class T>
  const T* at(std::size_t offset) const {
    if (offset > image_.size() || image_.size() - offset < sizeof(T)) return nullptr;
    const std::uint8_t* const place = image_.data() + offset;
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(place) % alignof(T) == 0;
    return is_aligned ? reinterpret_cast<const T*>(place) : nullptr;
  }

  std::span<const std::uint8_t> image_;
  std::span<const ElfW(Shdr)> sections_;
};

}  // namespace

elf_symbols::elf_symbols(std::span<const std::uint8_t> image) {
  const elf_image elf(image);
  const ElfW(Shdr)* const table = elf.symbol_table();
  const ElfW(Shdr)* const names = table != nullptr ? elf.section(table->sh_link) : nullptr;
  if (names == nullptr) return;
  for (const ElfW(Sym) & symbol : elf.content<ElfW(Sym)>(*table)) {
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_value == 0) continue;
    const char* const name = elf.text(*names, symbol.st_name);
    if (name == nullptr || *name == '\0' || *name == '$') continue;
    const int binding = ELF64_ST_BIND(symbol.st_info);
    const int preference = binding == STB_GLOBAL ? 0 : binding == STB_WEAK ? 1 : 2;
    const elf_symbol entry{symbol.st_value, symbol.st_size, name, preference};
    const int type = ELF64_ST_TYPE(symbol.st_info);
    if (type == STT_OBJECT) objects_.push_back(entry);
    // Assembly often leaves the type out.
    const bool is_code = type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
    if (is_code) functions_.push_back(entry);
  }
  sort_and_thin(functions_);
  sort_and_thin(objects_);
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
