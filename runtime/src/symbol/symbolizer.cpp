// SPDX-License-Identifier: Apache-2.0
// One answer for each address, from the best source that the module has.
#include "symbol/symbolizer.h"

#include <vole/detail/unchecked.h>

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/roomy_stack.h"
#include "base/spin_lock.h"
#include "symbol/dwarf_index.h"
#include "symbol/dwarf_variables.h"
#include "symbol/elf_symbols.h"
#include "symbol/module_map.h"
#include "symbol/names.h"

namespace vole::symbol {
namespace {

std::string hex(const std::uint8_t* bytes, std::size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

// What is open of one module, for ever: names point into it.
class module_symbols {
 public:
  explicit module_symbols(const module& m)
      : file_(m.is_vdso ? -1 : open_file(m)),
        symbols_(image_of(m)),
        dwarf_(open_dwarf(m)),
        index_(dwarf_),
        variables_(dwarf_) {}

  std::vector<source_frame> find(std::uint64_t address, std::uintptr_t bias) {
    std::vector<source_frame> result;
    const elf_symbol* const symbol = symbols_.find_function(address);
    for (const dwarf_frame& from : index_.find(address)) {
      const char* linkage = from.linkage_name != nullptr ? from.linkage_name : from.name;
      // In assembly only the line is known; C++ functions of internal linkage may lack a linkage
      // name, which the symbol table has.
      const bool is_physical = !from.is_inlined;
      if (from.linkage_name == nullptr && is_physical && symbol != nullptr) linkage = symbol->name;
      if (linkage == nullptr) continue;
      source_frame frame = named(linkage, from.name);
      frame.file = from.file;
      frame.line = from.line;
      frame.start_line = from.start_line;
      frame.is_inlined = from.is_inlined;
      if (from.entry != 0) frame.entry = bias + from.entry;
      if (frame.entry == 0 && is_physical && symbol != nullptr)
        frame.entry = bias + symbol->address;
      result.push_back(std::move(frame));
    }
    if (!result.empty() || symbol == nullptr) return result;
    result.push_back(named(symbol->name, nullptr));
    result.back().entry = bias + symbol->address;
    return result;
  }

  const elf_symbol* find_object(std::uint64_t address) const {
    return symbols_.find_object(address);
  }

  dwarf_variable find_variable(std::uint64_t begin, std::uint64_t offset) {
    return variables_.find(begin, offset);
  }

 private:
  static source_frame named(const char* linkage, const char* name) {
    source_frame frame;
    frame.linkage_name = linkage;
    frame.function = demangle(linkage, name);
    frame.name = name_without_parameters(frame.function);
    return frame;
  }

  static int open_file(const module& m) {
    // The program's file may have been replaced since it was started; the link still has it.
    return open(m.is_program ? "/proc/self/exe" : m.path, O_RDONLY | O_CLOEXEC);
  }

  // The bytes of the file, mapped; of the vdso, as they are.
  std::span<const std::uint8_t> image_of(const module& m) const {
    if (m.is_vdso) return {m.image, m.high - reinterpret_cast<std::uintptr_t>(m.image)};
    struct stat status{};
    if (file_ < 0 || fstat(file_, &status) != 0 || status.st_size <= 0) return {};
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file_, 0);
    if (memory == MAP_FAILED) return {};
    return {static_cast<const std::uint8_t*>(memory), size};
  }

  Dwarf* open_dwarf(const module& m) const {
    if (file_ < 0) return nullptr;
    Dwarf* const own = dwarf_begin(file_, DWARF_C_READ);
    if (own != nullptr && has_units(own)) return own;
    if (own != nullptr) dwarf_end(own);
    if (m.build_id_size < 2) return nullptr;
    const std::string id = hex(m.build_id, m.build_id_size);
    const std::string path =
        "/usr/lib/debug/.build-id/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug";
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    return fd < 0 ? nullptr : dwarf_begin(fd, DWARF_C_READ);
  }

  static bool has_units(Dwarf* dwarf) {
    Dwarf_Off next = 0;
    std::size_t header_size = 0;
    return dwarf_nextcu(dwarf, 0, &next, &header_size, nullptr, nullptr, nullptr) == 0;
  }

  int file_;  // open for ever: libdw reads from it when it needs to
  elf_symbols symbols_;
  Dwarf* dwarf_;
  dwarf_index index_;
  dwarf_variables variables_;
};

class symbolizer {
 public:
  const std::vector<source_frame>& find(std::uintptr_t address) {
    // In race mode the linker may have chosen the program's checked copy of a template that this
    // code uses, too: a report from in here would ask for symbols, and wait for our own lock.
    const detail::unchecked scope;
    base::spin_guard guard(lock_);
    const auto [place, is_new] = frames_.try_emplace(address);
    if (!is_new) return place->second;
    const module* const m = refresh_modules().find(address);
    if (m == nullptr) return place->second;
    run_roomily([&]() VOLE_NO_THREAD_SAFETY_ANALYSIS {  // the lock is held
      place->second = symbols_of(*m).find(address - m->load_bias, m->load_bias);
    });
    return place->second;
  }

  std::optional<data_symbol> find_data(std::uintptr_t address) {
    const module* const m = refresh_modules().find(address);
    if (m == nullptr) return std::nullopt;
    const detail::unchecked scope;  // as in find()
    base::spin_guard guard(lock_);
    const elf_symbol* const found = symbols_of(*m).find_object(address - m->load_bias);
    if (found == nullptr) return std::nullopt;
    return data_symbol{.name = demangle(found->name),
                       .address = found->address + m->load_bias,
                       .size = found->size,
                       .module_path = m->path};
  }

  variable_type find_type(std::uintptr_t address) {
    const module* const m = refresh_modules().find(address);
    if (m == nullptr) return {};
    const detail::unchecked scope;  // as in find()
    base::spin_guard guard(lock_);
    dwarf_variable found;
    run_roomily([&]() VOLE_NO_THREAD_SAFETY_ANALYSIS {  // the lock is held
      module_symbols& symbols = symbols_of(*m);
      const std::uint64_t at = address - m->load_bias;
      if (const elf_symbol* const object = symbols.find_object(at))
        found = symbols.find_variable(object->address, at - object->address);
    });
    return {std::move(found.type), std::move(found.member), std::move(found.file), found.line};
  }

 private:
  // f() on the large stack; what it throws (for want of memory) comes out here.
  template <class F>
  void run_roomily(F f) VOLE_REQUIRES(lock_) {
    std::exception_ptr failure;
    library_stack_.run([&] {
      try {
        f();
      } catch (...) {
        failure = std::current_exception();
      }
    });
    if (failure != nullptr) std::rethrow_exception(failure);
  }

  // By path and bias: a table of modules that is made anew has the same texts.
  module_symbols& symbols_of(const module& m) VOLE_REQUIRES(lock_) {
    auto& place = modules_[{m.path, m.load_bias}];
    if (place == nullptr) place = std::make_unique<module_symbols>(m);
    return *place;
  }

  struct key_hash {
    std::size_t operator()(const std::pair<std::string, std::uintptr_t>& key) const {
      return std::hash<std::string>()(key.first) ^ key.second;
    }
  };

  // Not a mutex of the C library's: in race mode those are intercepted and would order user code.
  base::spin_lock lock_{base::lock_rank::leaf};
  std::unordered_map<std::uintptr_t, std::vector<source_frame>> frames_ VOLE_GUARDED_BY(lock_);
  std::unordered_map<std::pair<std::string, std::uintptr_t>, std::unique_ptr<module_symbols>,
                     key_hash>
      modules_ VOLE_GUARDED_BY(lock_);
  base::roomy_stack library_stack_ VOLE_GUARDED_BY(lock_);  // the caller may be a goroutine
};

symbolizer& the_symbolizer() {
  static auto* const instance = new symbolizer;  // lives for ever: reports are made at exit, too
  return *instance;
}

}  // namespace

const std::vector<source_frame>& symbolize(std::uintptr_t address) {
  return the_symbolizer().find(address);
}

std::optional<data_symbol> symbolize_data(std::uintptr_t address) {
  return the_symbolizer().find_data(address);
}

variable_type type_of_data(std::uintptr_t address) { return the_symbolizer().find_type(address); }

std::vector<loaded_module> loaded_modules() {
  const module_table& table = refresh_modules();
  std::vector<loaded_module> result;
  for (std::size_t i = 0; i < table.count; ++i) {
    const module& m = table.modules[i];
    if (m.text_high == 0) continue;
    loaded_module one{.path = m.path,
                      .build_id = hex(m.build_id, m.build_id_size),
                      .low = m.text_low,
                      .high = m.text_high,
                      .file_offset = m.text_file_offset,
                      .load_bias = m.load_bias};
    result.insert(m.is_program ? result.begin() : result.end(), std::move(one));
  }
  return result;
}

}  // namespace vole::symbol
