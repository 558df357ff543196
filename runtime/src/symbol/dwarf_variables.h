// SPDX-License-Identifier: Apache-2.0
// Types and declarations of one ELF file's global and static variables, by address.
//
// The units are walked at the first question: their top levels, and the insides of functions only
// if the answer is not there (function-local statics).
#pragma once

#include <cstdint>
#include <map>
#include <string>

struct Dwarf;

namespace vole::symbol {

struct dwarf_variable {
  std::string type;    // "unsigned long", "std::vector<int, std::allocator<int> >", "int[4]"
  std::string member;  // of what lies at the address: ".hits[3]", "" for the variable itself
  std::string file;
  int line = 0;
};

class dwarf_variables {
 public:
  // `dwarf` must live as long as this; null: empty.
  explicit dwarf_variables(Dwarf* dwarf) : dwarf_(dwarf) {}

  // The variable that begins at `begin` (as in the file), seen at `offset` bytes from there. All
  // empty where the debug information does not know it.
  dwarf_variable find(std::uint64_t begin, std::uint64_t offset);

 private:
  void walk(bool is_into_functions);

  Dwarf* dwarf_;
  bool is_walked_ = false, is_walked_into_functions_ = false;
  std::map<std::uint64_t, std::uint64_t> dies_;  // address -> offset of the DIE
};

}  // namespace vole::symbol
