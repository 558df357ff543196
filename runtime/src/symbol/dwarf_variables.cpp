// SPDX-License-Identifier: Apache-2.0
// Walks DWARF for variables, and puts types into words.
#include "symbol/dwarf_variables.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace vole::symbol {
namespace {

constexpr int kDepthMax = 16;  // of types in types; also of members in members

std::optional<Dwarf_Die> type_of(Dwarf_Die& die) {
  Dwarf_Attribute attribute;
  Dwarf_Die type;
  if (dwarf_attr_integrate(&die, DW_AT_type, &attribute) == nullptr) return std::nullopt;
  if (dwarf_formref_die(&attribute, &type) == nullptr) return std::nullopt;
  return type;
}

std::optional<std::uint64_t> number_of(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr_integrate(&die, name, &attribute) == nullptr) return std::nullopt;
  if (dwarf_formudata(&attribute, &value) != 0) return std::nullopt;
  return value;
}

// "ns::outer::", of the namespaces and classes around the DIE.
std::string scope_of(Dwarf_Die& die) {
  Dwarf_Die* scopes = nullptr;
  const int count = dwarf_getscopes_die(&die, &scopes);
  std::string text;
  for (int i = 1; i < count; ++i) {
    const int tag = dwarf_tag(&scopes[i]);
    if (tag != DW_TAG_namespace && tag != DW_TAG_class_type && tag != DW_TAG_structure_type) break;
    const char* name = dwarf_diename(&scopes[i]);
    text.insert(0, name != nullptr ? std::string(name) + "::" : "(anonymous namespace)::");
  }
  std::free(scopes);
  return text;
}

bool is_record(int tag) {
  return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

std::string words_of(std::optional<Dwarf_Die> type, int depth);

// The element counts of an array type, outermost dimension first; 0: not said.
template <class F>
void for_each_dimension(Dwarf_Die& array, F f) {
  Dwarf_Die child;
  if (dwarf_child(&array, &child) != 0) return;
  do {
    if (dwarf_tag(&child) != DW_TAG_subrange_type) continue;
    if (const auto count = number_of(child, DW_AT_count)) {
      f(*count);
    } else {
      const auto last = number_of(child, DW_AT_upper_bound);
      f(last ? *last + 1 : 0);
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

std::string words_of(Dwarf_Die& type, int depth) {
  if (depth > kDepthMax) return "...";
  const auto inner = [&] { return words_of(type_of(type), depth + 1); };
  switch (dwarf_tag(&type)) {
    case DW_TAG_pointer_type:
      return inner() + "*";
    case DW_TAG_reference_type:
      return inner() + "&";
    case DW_TAG_rvalue_reference_type:
      return inner() + "&&";
    case DW_TAG_const_type:
      return "const " + inner();
    case DW_TAG_volatile_type:
      return "volatile " + inner();
    case DW_TAG_atomic_type:
      return "_Atomic " + inner();
    case DW_TAG_array_type: {
      std::string text = inner();
      for_each_dimension(type, [&](std::uint64_t count) {
        text += "[" + (count == 0 ? "" : std::to_string(count)) + "]";
      });
      return text;
    }
    case DW_TAG_subroutine_type:
      return "function";
    default:
      break;
  }
  const char* name = dwarf_diename(&type);
  if (name != nullptr) return scope_of(type) + name;
  return is_record(dwarf_tag(&type)) ? "(unnamed type)" : "";
}

std::string words_of(std::optional<Dwarf_Die> type, int depth) {
  return type ? words_of(*type, depth) : "void";
}

void peel(Dwarf_Die& type) {
  for (int depth = 0; depth < kDepthMax; ++depth) {
    const int tag = dwarf_tag(&type);
    if (tag != DW_TAG_typedef && tag != DW_TAG_const_type && tag != DW_TAG_volatile_type) return;
    const auto inner = type_of(type);
    if (!inner) return;
    type = *inner;
  }
}

// What lies `offset` bytes into an object of the type. Into a union and into what the libraries
// made, it does not go: neither would tell the reader more.
std::string member_at(Dwarf_Die type, std::uint64_t offset, int depth);

std::string member_of_array(Dwarf_Die& array, std::uint64_t offset, int depth) {
  auto element = type_of(array);
  Dwarf_Word size = 0;
  if (!element || dwarf_aggregate_size(&*element, &size) != 0 || size == 0) return "";
  std::uint64_t index = offset / size, inner_count = 1;
  std::string text;
  std::string dimensions;
  std::uint64_t total = 1;
  for_each_dimension(array, [&](std::uint64_t count) { total *= count; });
  for_each_dimension(array, [&](std::uint64_t count) {
    inner_count = count == 0 ? 1 : total / count;
    total = inner_count;
    const std::uint64_t at = inner_count == 0 ? index : index / inner_count;
    index -= at * inner_count;
    dimensions += "[" + std::to_string(at) + "]";
  });
  return dimensions + member_at(*element, offset % size, depth + 1);
}

std::string member_of_record(Dwarf_Die& record, std::uint64_t offset, int depth) {
  Dwarf_Die child;
  const std::string scope = scope_of(record);
  if (scope.starts_with("std::") || scope.starts_with("vole::")) return "";
  if (dwarf_child(&record, &child) != 0) return "";
  do {
    const int tag = dwarf_tag(&child);
    if (tag != DW_TAG_member && tag != DW_TAG_inheritance) continue;
    const auto at = number_of(child, DW_AT_data_member_location);
    auto type = type_of(child);
    Dwarf_Word size = 0;
    if (!at || !type || dwarf_aggregate_size(&*type, &size) != 0) continue;
    if (offset < *at || offset >= *at + size) continue;
    const char* name = dwarf_diename(&child);
    std::string text = tag == DW_TAG_member && name != nullptr ? std::string(".") + name : "";
    return text + member_at(*type, offset - *at, depth + 1);
  } while (dwarf_siblingof(&child, &child) == 0);
  return "";
}

std::string member_at(Dwarf_Die type, std::uint64_t offset, int depth) {
  if (depth > kDepthMax) return "";
  peel(type);
  const int tag = dwarf_tag(&type);
  if (tag == DW_TAG_array_type) return member_of_array(type, offset, depth);
  const bool is_plain_record = tag == DW_TAG_structure_type || tag == DW_TAG_class_type;
  return is_plain_record ? member_of_record(type, offset, depth) : "";
}

// The address of a variable that has a fixed one.
std::optional<std::uint64_t> address_of(Dwarf_Die& variable) {
  Dwarf_Attribute attribute;
  Dwarf_Op* operations = nullptr;
  std::size_t count = 0;
  if (dwarf_attr(&variable, DW_AT_location, &attribute) == nullptr) return std::nullopt;
  if (dwarf_getlocation(&attribute, &operations, &count) != 0 || count != 1) return std::nullopt;
  if (operations[0].atom == DW_OP_addr) return operations[0].number;
  if (operations[0].atom != DW_OP_addrx) return std::nullopt;
  Dwarf_Attribute indexed;
  Dwarf_Addr address = 0;
  if (dwarf_getlocation_attr(&attribute, operations, &indexed) != 0) return std::nullopt;
  if (dwarf_formaddr(&indexed, &address) != 0) return std::nullopt;
  return address;
}

void collect(Dwarf_Die& of, bool is_into_functions, std::map<std::uint64_t, std::uint64_t>& dies) {
  Dwarf_Die child;
  if (dwarf_child(&of, &child) != 0) return;
  do {
    switch (dwarf_tag(&child)) {
      case DW_TAG_variable:
        if (const auto address = address_of(child)) dies.emplace(*address, dwarf_dieoffset(&child));
        break;
      case DW_TAG_namespace:
        collect(child, is_into_functions, dies);
        break;
      case DW_TAG_subprogram:
      case DW_TAG_lexical_block:
      case DW_TAG_inlined_subroutine:
        if (is_into_functions) collect(child, true, dies);
        break;
      default:
        break;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

// dwarf_decl_file() does not know file 0, DWARF 5's name for the unit's own source.
std::string file_of(Dwarf_Die& die) {
  const auto file = number_of(die, DW_AT_decl_file);
  Dwarf_Die unit;
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  if (!file || dwarf_diecu(&die, &unit, nullptr, nullptr) == nullptr ||
      dwarf_getsrcfiles(&unit, &files, &count) != 0 || *file >= count)
    return "";
  const char* path = dwarf_filesrc(files, *file, nullptr, nullptr);
  return path == nullptr ? "" : std::filesystem::path(path).lexically_normal().string();
}

}  // namespace

void dwarf_variables::walk(bool is_into_functions) {
  Dwarf_Off at = 0, next = 0;
  std::size_t header_size = 0;
  for (; dwarf_nextcu(dwarf_, at, &next, &header_size, nullptr, nullptr, nullptr) == 0; at = next) {
    Dwarf_Die root;
    if (dwarf_offdie(dwarf_, at + header_size, &root) != nullptr)
      collect(root, is_into_functions, dies_);
  }
}

dwarf_variable dwarf_variables::find(std::uint64_t begin, std::uint64_t offset) {
  if (dwarf_ == nullptr) return {};
  if (!is_walked_) walk(false);
  is_walked_ = true;
  auto found = dies_.find(begin);
  if (found == dies_.end() && !is_walked_into_functions_) {
    is_walked_into_functions_ = true;
    walk(true);
    found = dies_.find(begin);
  }
  Dwarf_Die die;
  if (found == dies_.end() || dwarf_offdie(dwarf_, found->second, &die) == nullptr) return {};
  dwarf_variable variable;
  if (const auto type = type_of(die)) {
    variable.type = words_of(type, 0);
    variable.member = member_at(*type, offset, 0);
  }
  variable.line = static_cast<int>(number_of(die, DW_AT_decl_line).value_or(0));
  variable.file = file_of(die);
  return variable;
}

}  // namespace vole::symbol
