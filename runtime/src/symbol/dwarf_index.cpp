// SPDX-License-Identifier: Apache-2.0
// Walks DWARF units with libdw.
#include "symbol/dwarf_index.h"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace vole::symbol {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// One contiguous piece of a function or of an inlined call.
struct scope {
  std::uint64_t low, high;
  Dwarf_Off die;
  std::uint32_t depth;   // of the DIE in the tree
  std::uint32_t parent;  // index of the scope around it, or kNone
};

// Goes through the tree and keeps the code ranges of functions and inlined calls.
class scope_collector {
 public:
  explicit scope_collector(std::vector<scope>& scopes) : scopes_(scopes) {}

  void visit_children(Dwarf_Die& of, std::uint32_t depth) {
    Dwarf_Die child;
    if (dwarf_child(&of, &child) != 0) return;
    do {
      visit(child, depth);
    } while (dwarf_siblingof(&child, &child) == 0);
  }

 private:
  void visit(Dwarf_Die& die, std::uint32_t depth) {
    switch (dwarf_tag(&die)) {
      case DW_TAG_subprogram:
        // An abstract or merely declared function has no code, nor has anything below it.
        if (add_ranges(die, depth)) visit_children(die, depth + 1);
        break;
      case DW_TAG_inlined_subroutine:
        add_ranges(die, depth);
        visit_children(die, depth + 1);
        break;
      case DW_TAG_lexical_block:
      case DW_TAG_namespace:
      case DW_TAG_class_type:
      case DW_TAG_structure_type:
        visit_children(die, depth + 1);
        break;
      default:
        break;
    }
  }

  bool add_ranges(Dwarf_Die& die, std::uint32_t depth) {
    Dwarf_Addr base = 0, low = 0, high = 0;
    bool has_any = false;
    for (std::ptrdiff_t offset = 0;
         (offset = dwarf_ranges(&die, offset, &base, &low, &high)) > 0;) {
      if (low >= high || low == 0) continue;  // code that the linker threw away
      scopes_.push_back({low, high, dwarf_dieoffset(&die), depth, kNone});
      has_any = true;
    }
    return has_any;
  }

  std::vector<scope>& scopes_;
};

// Sorts so that an outer scope stands before those in it, and gives each its parent.
void nest(std::vector<scope>& scopes) {
  std::sort(scopes.begin(), scopes.end(), [](const scope& a, const scope& b) {
    return std::tuple(a.low, ~a.high, a.depth) < std::tuple(b.low, ~b.high, b.depth);
  });
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < scopes.size(); ++i) {
    while (!open.empty() && scopes[open.back()].high <= scopes[i].low) open.pop_back();
    scopes[i].parent = open.empty() ? kNone : open.back();
    open.push_back(i);
  }
}

const char* text_of(Dwarf_Die& die, unsigned attribute) {
  Dwarf_Attribute found;
  if (dwarf_attr_integrate(&die, attribute, &found) == nullptr) return nullptr;
  return dwarf_formstring(&found);
}

int number_of(Dwarf_Die& die, unsigned attribute) {
  Dwarf_Attribute found;
  Dwarf_Word value = 0;
  if (dwarf_attr_integrate(&die, attribute, &found) == nullptr) return 0;
  return dwarf_formudata(&found, &value) == 0 ? static_cast<int>(value) : 0;
}

std::string normal(const char* path) {
  return path == nullptr ? std::string() : std::filesystem::path(path).lexically_normal().string();
}

}  // namespace

struct dwarf_index::unit {
  Dwarf_Off die = 0;
  bool is_walked = false;
  std::vector<scope> scopes;

  void walk(Dwarf_Die& root) {
    if (is_walked) return;
    is_walked = true;
    scope_collector(scopes).visit_children(root, 0);
    nest(scopes);
  }

  // The innermost scope that holds the address.
  std::uint32_t innermost(std::uint64_t address) const {
    const auto after =
        std::upper_bound(scopes.begin(), scopes.end(), address,
                         [](std::uint64_t wanted, const scope& s) { return wanted < s.low; });
    auto at = static_cast<std::uint32_t>(after - scopes.begin());
    if (at == 0) return kNone;
    --at;
    while (at != kNone && address >= scopes[at].high) at = scopes[at].parent;
    return at;
  }
};

dwarf_index::~dwarf_index() = default;

dwarf_index::dwarf_index(Dwarf* dwarf) : dwarf_(dwarf) {
  if (dwarf == nullptr) return;
  Dwarf_Off at = 0, next = 0;
  std::size_t header_size = 0;
  for (; dwarf_nextcu(dwarf, at, &next, &header_size, nullptr, nullptr, nullptr) == 0; at = next) {
    Dwarf_Die root;
    if (dwarf_offdie(dwarf, at + header_size, &root) == nullptr) continue;
    Dwarf_Addr base = 0, low = 0, high = 0;
    bool has_code = false;
    for (std::ptrdiff_t i = 0; (i = dwarf_ranges(&root, i, &base, &low, &high)) > 0;) {
      if (low >= high || low == 0) continue;  // see add_ranges
      ranges_.push_back({low, high, units_.size()});
      has_code = true;
    }
    if (!has_code) continue;
    units_.push_back(std::make_unique<unit>());
    units_.back()->die = dwarf_dieoffset(&root);
  }
  std::sort(ranges_.begin(), ranges_.end(),
            [](const unit_range& a, const unit_range& b) { return a.low < b.low; });
}

namespace {

// File and line of the row that covers `address`. The compiler gives code that it made itself the
// line 0: then the nearest row before it that has one.
void find_line(Dwarf_Die& root, std::uint64_t address, dwarf_frame& frame) {
  constexpr std::size_t kRowsBackMax = 16;
  Dwarf_Lines* lines = nullptr;
  std::size_t count = 0;
  Dwarf_Line* row = dwarf_getsrc_die(&root, address);
  if (row == nullptr || dwarf_getsrclines(&root, &lines, &count) != 0) return;
  dwarf_lineno(row, &frame.line);
  Dwarf_Addr row_address = 0;
  dwarf_lineaddr(row, &row_address);
  for (std::size_t back = 1; frame.line == 0 && back <= kRowsBackMax && row_address > back;
       ++back) {
    Dwarf_Line* const before = dwarf_getsrc_die(&root, row_address - 1);
    if (before == nullptr || before == row) break;
    row = before;
    dwarf_lineno(row, &frame.line);
    dwarf_lineaddr(row, &row_address);
  }
  frame.file = normal(dwarf_linesrc(row, nullptr, nullptr));
}

// Where the inlined function was called: the line of the frame around it.
void find_call_line(Dwarf_Die& root, Dwarf_Die& inlined, dwarf_frame& outer) {
  Dwarf_Files* files = nullptr;
  std::size_t count = 0;
  outer.line = number_of(inlined, DW_AT_call_line);
  const auto file = static_cast<std::size_t>(number_of(inlined, DW_AT_call_file));
  if (dwarf_getsrcfiles(&root, &files, &count) == 0 && file < count)
    outer.file = normal(dwarf_filesrc(files, file, nullptr, nullptr));
}

void describe(Dwarf_Die& die, dwarf_frame& frame) {
  frame.linkage_name = text_of(die, DW_AT_linkage_name);
  if (frame.linkage_name == nullptr) frame.linkage_name = text_of(die, DW_AT_MIPS_linkage_name);
  frame.name = text_of(die, DW_AT_name);
  frame.start_line = number_of(die, DW_AT_decl_line);
  frame.is_inlined = dwarf_tag(&die) == DW_TAG_inlined_subroutine;
  Dwarf_Addr entry = 0;
  if (!frame.is_inlined && dwarf_entrypc(&die, &entry) == 0) frame.entry = entry;
}

}  // namespace

std::vector<dwarf_frame> dwarf_index::find(std::uint64_t address) {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), address,
                       [](std::uint64_t wanted, const unit_range& r) { return wanted < r.low; });
  if (after == ranges_.begin() || address >= after[-1].high) return {};
  unit& in = *units_[after[-1].unit];
  Dwarf_Die root;
  if (dwarf_offdie(dwarf_, in.die, &root) == nullptr) return {};
  in.walk(root);

  std::vector<dwarf_frame> frames(1);
  find_line(root, address, frames[0]);
  for (std::uint32_t at = in.innermost(address); at != kNone;) {
    Dwarf_Die die;
    if (dwarf_offdie(dwarf_, in.scopes[at].die, &die) == nullptr) break;
    describe(die, frames.back());
    at = in.scopes[at].parent;
    if (!frames.back().is_inlined) break;
    if (at == kNone) break;
    frames.emplace_back();
    find_call_line(root, die, frames.back());
  }
  return frames;
}

}  // namespace vole::symbol
