// SPDX-License-Identifier: Apache-2.0
// Walks the modules' relocations (gABI, "Dynamic Section") and rewrites the slots of the imported
// functions that the table names.
//
// Chosen over defining the functions in our library: that would put our code into every lock of
// every program, checked or not, and would fight with other interposers for the names.
#include "sched/machine/redirect.h"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace vole::sched {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kJumpSlot = R_X86_64_JUMP_SLOT, kGlobalData = R_X86_64_GLOB_DAT;
#else
constexpr std::uint32_t kJumpSlot = R_AARCH64_JUMP_SLOT, kGlobalData = R_AARCH64_GLOB_DAT;
#endif

struct range {
  std::uintptr_t low = 0, high = 0;
};

struct module_tables {
  std::uintptr_t base = 0;
  range read_only;  // after relocation
  const Elf64_Sym* symbols = nullptr;
  const char* names = nullptr;
  const Elf64_Rela* relocations[2] = {};
  std::size_t bytes[2] = {};
};

module_tables read_tables(const dl_phdr_info& info) {
  module_tables found;
  found.base = info.dlpi_addr;
  const Elf64_Dyn* dynamic = nullptr;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const Elf64_Phdr& header = info.dlpi_phdr[i];
    const std::uintptr_t at = found.base + header.p_vaddr;
    if (header.p_type == PT_DYNAMIC) dynamic = reinterpret_cast<const Elf64_Dyn*>(at);
    if (header.p_type == PT_GNU_RELRO) found.read_only = {at, at + header.p_memsz};
  }
  if (dynamic == nullptr) return found;
  // The C library has made addresses of them, but not in the kernel's own module.
  const auto pointer = [&](const Elf64_Dyn& entry) {
    return entry.d_un.d_ptr < found.base ? entry.d_un.d_ptr + found.base : entry.d_un.d_ptr;
  };
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    const std::uintptr_t at = pointer(*dynamic);
    switch (dynamic->d_tag) {
      case DT_SYMTAB:
        found.symbols = reinterpret_cast<const Elf64_Sym*>(at);
        break;
      case DT_STRTAB:
        found.names = reinterpret_cast<const char*>(at);
        break;
      case DT_RELA:
        found.relocations[0] = reinterpret_cast<const Elf64_Rela*>(at);
        break;
      case DT_RELASZ:
        found.bytes[0] = dynamic->d_un.d_val;
        break;
      case DT_JMPREL:
        found.relocations[1] = reinterpret_cast<const Elf64_Rela*>(at);
        break;
      case DT_PLTRELSZ:
        found.bytes[1] = dynamic->d_un.d_val;
        break;
      default:
        break;
    }
  }
  return found;
}

void write_slot(std::uintptr_t slot, void* value, const range& read_only) {
  const auto page_bytes = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  void* const page = reinterpret_cast<void*>(slot & ~(page_bytes - 1));
  const bool is_protected = slot >= read_only.low && slot < read_only.high;
  if (is_protected && mprotect(page, page_bytes, PROT_READ | PROT_WRITE) != 0) return;
  // release: a thread that calls through the slot meanwhile sees either function whole
  __atomic_store_n(reinterpret_cast<void**>(slot), value, __ATOMIC_RELEASE);
  if (is_protected) mprotect(page, page_bytes, PROT_READ);
}

int redirect_module(dl_phdr_info* info, std::size_t, void* argument) {
  const auto& table = *static_cast<const std::span<const redirection>*>(argument);
  const module_tables module = read_tables(*info);
  if (module.symbols == nullptr || module.names == nullptr) return 0;
  for (int part = 0; part < 2; ++part) {
    const std::size_t count = module.bytes[part] / sizeof(Elf64_Rela);
    for (std::size_t i = 0; module.relocations[part] != nullptr && i < count; ++i) {
      const Elf64_Rela& relocation = module.relocations[part][i];
      const std::uint64_t type = ELF64_R_TYPE(relocation.r_info);
      if (type != kJumpSlot && type != kGlobalData) continue;
      const Elf64_Sym& symbol = module.symbols[ELF64_R_SYM(relocation.r_info)];
      const char* const name = module.names + symbol.st_name;
      for (const redirection& row : table)
        if (std::strcmp(name, row.name) == 0)
          write_slot(module.base + relocation.r_offset, row.replacement, module.read_only);
    }
  }
  return 0;
}

}  // namespace

void redirect_imports(std::span<const redirection> table) {
  dl_iterate_phdr(&redirect_module, &table);
}

}  // namespace vole::sched
