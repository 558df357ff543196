// SPDX-License-Identifier: Apache-2.0
// Reads the dynamic linker's list of loaded files.
#include "symbol/module_map.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "base/spin_lock.h"

namespace vole::symbol {
namespace {

constinit std::atomic<const module_table*> current_table{nullptr};
constinit base::spin_lock refresh_lock{base::lock_rank::leaf};
// What the linker had counted when current_table was made. Under refresh_lock.
constinit unsigned long long loads_seen = 0, unloads_seen = 0;

struct collection {
  std::vector<module> found;
  unsigned long long loads = 0, unloads = 0;
};

char* duplicate(const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  return static_cast<char*>(std::memcpy(new char[size], text, size));
}

void read_build_id(module& m, const std::uint8_t* note, std::size_t size) {
  const std::uint8_t* const end = note + size;
  while (static_cast<std::size_t>(end - note) >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header;
    std::memcpy(&header, note, sizeof header);
    const std::size_t name_size = (header.n_namesz + 3) & ~std::size_t{3};
    const std::size_t data_size = (header.n_descsz + 3) & ~std::size_t{3};
    const std::uint8_t* const name = note + sizeof header;
    if (static_cast<std::size_t>(end - name) < name_size + data_size) return;
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == 4 &&
        std::memcmp(name, "GNU", 4) == 0) {
      m.build_id = name + name_size;
      m.build_id_size = header.n_descsz;
      return;
    }
    note = name + name_size + data_size;
  }
}

// An address as the linker gives it, as bytes.
const std::uint8_t* bytes_at(std::uintptr_t address) {
  return reinterpret_cast<const std::uint8_t*>(address);  // NOLINT(performance-no-int-to-ptr)
}

void read_segment(module& m, const ElfW(Phdr) & segment, std::uintptr_t page) {
  const std::uintptr_t start = m.load_bias + segment.p_vaddr;
  const std::uintptr_t end = start + segment.p_memsz;
  switch (segment.p_type) {
    case PT_LOAD: {
      const std::uintptr_t first_page = start & ~(page - 1);
      m.low = std::min(m.low, first_page);
      m.high = std::max(m.high, end);
      if (segment.p_offset == 0 && (segment.p_flags & PF_R) != 0) m.image = bytes_at(start);
      if ((segment.p_flags & PF_X) != 0 && m.text_high == 0) {
        m.text_low = first_page;
        m.text_high = (end + page - 1) & ~(page - 1);
        m.text_file_offset = segment.p_offset & ~(page - 1);
      }
      break;
    }
    case PT_GNU_EH_FRAME:
      m.eh_frame_hdr = bytes_at(start);
      break;
    case PT_NOTE:
      if (m.build_id == nullptr) read_build_id(m, bytes_at(start), segment.p_memsz);
      break;
    default:
      break;
  }
}

int visit(dl_phdr_info* info, std::size_t /*size*/, void* argument) {
  auto& into = *static_cast<collection*>(argument);
  into.loads = info->dlpi_adds;
  into.unloads = info->dlpi_subs;
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  module m;
  m.low = UINTPTR_MAX;
  m.load_bias = info->dlpi_addr;
  m.path = info->dlpi_name != nullptr ? info->dlpi_name : "";
  for (int i = 0; i < info->dlpi_phnum; ++i) read_segment(m, info->dlpi_phdr[i], page);
  if (m.high == 0) return 0;
  m.is_program = into.found.empty();  // the linker lists the program first
  m.is_vdso = reinterpret_cast<std::uintptr_t>(m.image) == getauxval(AT_SYSINFO_EHDR);
  into.found.push_back(m);
  return 0;
}

int read_counters(dl_phdr_info* info, std::size_t /*size*/, void* argument) {
  auto& into = *static_cast<collection*>(argument);
  into.loads = info->dlpi_adds;
  into.unloads = info->dlpi_subs;
  return 1;  // any entry has them
}

// The path that the linker leaves empty for the program itself.
const char* program_path() {
  char buffer[4096];
  const ssize_t size = readlink("/proc/self/exe", buffer, sizeof buffer - 1);
  if (size <= 0) return "";
  buffer[size] = '\0';
  return duplicate(buffer);
}

const module_table* make_table(collection& from, const module_table* old) {
  auto* const table = new module_table;
  table->count = from.found.size();
  table->modules = new module[table->count];
  for (std::size_t i = 0; i < table->count; ++i) {
    module m = from.found[i];
    // Texts live as long as the tables; those of the table before are used again.
    const module* const before = old != nullptr ? old->find(m.low) : nullptr;
    if (before != nullptr && before->load_bias == m.load_bias &&
        (m.is_program || m.is_vdso || std::strcmp(before->path, m.path) == 0)) {
      m.path = before->path;
    } else if (m.is_vdso) {
      m.path = "[vdso]";
    } else {
      m.path = m.is_program ? program_path() : duplicate(m.path);
    }
    table->modules[i] = m;
  }
  std::sort(table->modules, table->modules + table->count,
            [](const module& a, const module& b) { return a.low < b.low; });
  return table;
}

}  // namespace

const module* module_table::find(std::uintptr_t address) const noexcept {
  const module* const first = modules;
  const module* const end = first + count;
  const module* const after = std::upper_bound(
      first, end, address, [](std::uintptr_t a, const module& m) { return a < m.low; });
  if (after == first || address >= after[-1].high) return nullptr;
  return after - 1;
}

const module_table* modules() noexcept {
  // acquire: pairs with the release in refresh_modules(); sees the whole table
  return current_table.load(std::memory_order_acquire);
}

const module_table& refresh_modules() {
  collection now;
  dl_iterate_phdr(&read_counters, &now);
  base::spin_guard guard(refresh_lock);
  const module_table* const old = modules();
  if (old != nullptr && now.loads == loads_seen && now.unloads == unloads_seen) return *old;
  dl_iterate_phdr(&visit, &now);
  const module_table* const table = make_table(now, old);
  loads_seen = now.loads;
  unloads_seen = now.unloads;
  current_table.store(table, std::memory_order_release);  // release: pairs with modules()
  return *table;
}

}  // namespace vole::symbol
