// SPDX-License-Identifier: Apache-2.0
// From addresses of code to functions, files and lines, inlined calls included; from addresses of
// data to names.
//
// Sources, in this order: DWARF of the module itself or of its separate debug file (by build id),
// read with libdw once for each compilation unit that is asked about; the ELF symbol tables; the
// vdso's. Answers are kept for ever.
//
// Blocks the thread on one lock of the room and reads files. Any thread, never a signal handler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vole::symbol {

struct source_frame {
  std::string function;  // demangled, with parameters: "pool::worker(int)"; never empty
  std::string name;      // the same without them: "pool::worker", "main::{lambda()#1}::operator()"
  std::string linkage_name;  // mangled; the same as `function` where there is no other
  std::string file;          // as the compiler recorded it, made absolute; empty: unknown
  int line = 0;              // 0: unknown
  int start_line = 0;        // of the function; 0: unknown
  bool is_inlined = false;   // into the frame that follows
  std::uintptr_t entry = 0;  // where the physical function begins; 0: unknown
};

// What is at `address`, an address *inside* an instruction (return address - 1): innermost inlined
// call first, the physical function last. Empty if no module has a name for it. The reference stays
// valid for ever.
const std::vector<source_frame>& symbolize(std::uintptr_t address);

// One loaded file, for profiles' mappings. Order: the program first, then by address.
struct loaded_module {
  std::string path;                  // "/usr/bin/x", "[vdso]"
  std::string build_id;              // hex, or empty
  std::uintptr_t low = 0, high = 0;  // of its executable segment, [low, high)
  std::uint64_t file_offset = 0;     // of `low` in the file
  std::uintptr_t load_bias = 0;      // address = bias + address in the file's program headers
};
std::vector<loaded_module> loaded_modules();

// A global or static variable.
struct data_symbol {
  std::string name;  // demangled
  std::uintptr_t address = 0;
  std::size_t size = 0;
  std::string module_path;
};
// The variable that `address` lies in; nothing for the heap, stacks and thread-local storage.
std::optional<data_symbol> symbolize_data(std::uintptr_t address);

// What debug information says of that variable; all empty where there is none.
struct variable_type {
  std::string name;    // "std::vector<int, std::allocator<int> >", "int[4]"
  std::string member;  // what lies at the address: ".hits[3]", or "": the variable itself
  std::string file;    // of its declaration
  int line = 0;
};
variable_type type_of_data(std::uintptr_t address);

// "std::vector<int> pool::make<int>(int) const" -> "pool::make<int>": the parameter list, what
// stands behind it and a return type are cut. A name without a parameter list stays as it is.
std::string_view name_without_parameters(std::string_view demangled);

// True for vole's own code (namespace ::vole), judged by the mangled name: tracebacks hide it.
bool is_own_function(std::string_view linkage_name);
// True for namespace std and the C++ runtime's machinery.
bool is_std_function(std::string_view linkage_name);
// Is the function `name` where a process or a thread starts, below everything of the user's?
bool is_start_function(std::string_view name);

}  // namespace vole::symbol
