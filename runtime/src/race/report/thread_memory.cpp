// SPDX-License-Identifier: Apache-2.0
// Asks the dynamic linker where each module's thread_locals are for the calling thread.
#include "race/report/thread_memory.h"

#include <link.h>

namespace vole::race {
namespace {

struct search {
  std::uintptr_t address;
};

int has_address(dl_phdr_info* info, std::size_t, void* argument) {
  // Null: the thread has not touched the module's yet.
  if (info->dlpi_tls_data == nullptr) return 0;
  const auto start = reinterpret_cast<std::uintptr_t>(info->dlpi_tls_data);
  const std::uintptr_t address = static_cast<const search*>(argument)->address;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type == PT_TLS && address >= start && address < start + header.p_memsz) return 1;
  }
  return 0;
}

}  // namespace

bool is_thread_local_here(std::uintptr_t address) {
  search wanted{address};
  return dl_iterate_phdr(&has_address, &wanted) != 0;
}

}  // namespace vole::race
