// SPDX-License-Identifier: Apache-2.0
// Goal: an address becomes the functions, files and lines that the source says, inlined calls
// included; a variable's address becomes its name.
#include "symbol/symbolizer.h"

#include <gtest/gtest.h>
#include <sys/auxv.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "frames.h"
#include "symbol/unwind.h"

namespace symbol_case {

using vole::symbol::symbolize;

std::uintptr_t pcs[32];
std::size_t depth;
int line_of_inner, line_of_middle, line_of_outer;

[[gnu::always_inline]] inline void inner() {
  line_of_inner = __LINE__ + 1;
  depth = vole::symbol::unwind_here(pcs, 32);
  asm volatile("" ::: "memory");
}
[[gnu::always_inline]] inline void middle() {
  line_of_middle = __LINE__ + 1;
  inner();
}
[[gnu::noinline]] void outer() {
  line_of_outer = __LINE__ + 1;
  middle();
}

TEST(symbolizer, inlined_calls_are_frames_with_the_lines_of_their_calls) {
  outer();
  const auto& frames = symbolize(pcs[0] - 1);
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].name, "symbol_case::inner");
  EXPECT_EQ(frames[1].name, "symbol_case::middle");
  EXPECT_EQ(frames[2].name, "symbol_case::outer");
  EXPECT_EQ(frames[0].line, line_of_inner);
  EXPECT_EQ(frames[1].line, line_of_middle);
  EXPECT_EQ(frames[2].line, line_of_outer);
  for (const auto& frame : frames) {
    EXPECT_TRUE(frame.file.ends_with("tests/symbol/symbolizer_test.cpp")) << frame.file;
    EXPECT_EQ(frame.file.front(), '/');
  }
  EXPECT_TRUE(frames[0].is_inlined);
  EXPECT_TRUE(frames[1].is_inlined);
  EXPECT_FALSE(frames[2].is_inlined);
  EXPECT_EQ(frames[2].entry, reinterpret_cast<std::uintptr_t>(&outer));
  EXPECT_EQ(frames[2].linkage_name, "_ZN11symbol_case5outerEv");
  EXPECT_EQ(frames[2].function, "symbol_case::outer()");
  EXPECT_LT(frames[2].start_line, frames[2].line);
}

TEST(symbolizer, the_same_address_gives_the_same_object) {
  outer();
  EXPECT_EQ(&symbolize(pcs[0] - 1), &symbolize(pcs[0] - 1));
}

TEST(symbolizer, lambdas_and_templates_have_readable_names) {
  const auto here = [] { depth = vole::symbol::unwind_here(pcs, 32); };
  [&]<class F>(F f) __attribute__((noinline)) {
    f();
    asm volatile("" ::: "memory");
  }(here);
  const auto names = symbol_test::names_of(pcs, depth);
  ASSERT_GE(names.size(), 2u);
  EXPECT_NE(names[0].find("TestBody()::"), std::string::npos) << names[0];
  EXPECT_TRUE(names[0].ends_with("::operator()")) << names[0];
}

extern "C" void bare_function();
asm(R"(
  .text
  .globl bare_function
  .type bare_function, %function
bare_function:
  nop
  nop
  .size bare_function, . - bare_function
)");

TEST(symbolizer, code_without_debug_information_has_the_name_of_its_symbol) {
  const auto address = reinterpret_cast<std::uintptr_t>(&bare_function);
  for (const std::uintptr_t offset : {0, 1}) {
    const auto& frames = symbolize(address + offset);
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0].name, "bare_function");
    EXPECT_EQ(frames[0].entry, address);
    EXPECT_EQ(frames[0].line, 0);
  }
}

TEST(symbolizer, functions_of_shared_libraries_have_names) {
  const auto& frames = symbolize(reinterpret_cast<std::uintptr_t>(&std::qsort));
  ASSERT_FALSE(frames.empty());
  EXPECT_NE(frames.back().name.find("qsort"), std::string::npos) << frames.back().name;
}

TEST(symbolizer, addresses_outside_of_any_module_have_no_frames) {
  EXPECT_TRUE(symbolize(0).empty());
  EXPECT_TRUE(symbolize(UINTPTR_MAX).empty());
  const auto on_heap = std::make_unique<int>(0);
  EXPECT_TRUE(symbolize(reinterpret_cast<std::uintptr_t>(on_heap.get())).empty());
}

TEST(symbolizer, the_program_stands_first_among_the_modules) {
  const auto modules = vole::symbol::loaded_modules();
  ASSERT_GT(modules.size(), 2u);
  const auto here = reinterpret_cast<std::uintptr_t>(&outer);
  EXPECT_LE(modules[0].low, here);
  EXPECT_LT(here, modules[0].high);
  EXPECT_NE(modules[0].path.find("symbol_test"), std::string::npos) << modules[0].path;
  const bool has_vdso =
      std::any_of(modules.begin(), modules.end(), [](const auto& m) { return m.path == "[vdso]"; });
  EXPECT_EQ(has_vdso, getauxval(AT_SYSINFO_EHDR) != 0);
}

int global_array[16];
static long file_static = 1;

TEST(symbolizer, variables_are_found_by_any_of_their_bytes) {
  const auto found =
      vole::symbol::symbolize_data(reinterpret_cast<std::uintptr_t>(&global_array[7]) + 2);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "symbol_case::global_array");
  EXPECT_EQ(found->address, reinterpret_cast<std::uintptr_t>(&global_array[0]));
  EXPECT_EQ(found->size, sizeof global_array);
  asm volatile("" : "+m"(file_static));
  const auto inside = vole::symbol::symbolize_data(reinterpret_cast<std::uintptr_t>(&file_static));
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside->name, "symbol_case::file_static");
  int local = 0;
  EXPECT_FALSE(vole::symbol::symbolize_data(reinterpret_cast<std::uintptr_t>(&local)));
}

struct base_part {
  int inherited = 0;
};
struct whole : base_part {
  struct {
    short rows[2][3];
  } inner = {};
  std::vector<int> list;
  unsigned flag : 3 = 0;
  const char* text = nullptr;
};
whole typed_variable;

TEST(symbolizer, variables_have_types_and_members) {
  asm volatile("" : : "r"(&typed_variable));
  const auto type_at = [](const void* address) {
    return vole::symbol::type_of_data(reinterpret_cast<std::uintptr_t>(address));
  };
  const auto all = type_at(&typed_variable);
  EXPECT_EQ(all.name, "symbol_case::whole");
  EXPECT_EQ(all.member, ".inherited");
  EXPECT_TRUE(all.file.ends_with("symbolizer_test.cpp")) << all.file;
  EXPECT_EQ(type_at(&typed_variable.inner.rows[1][2]).member, ".inner.rows[1][2]");
  EXPECT_EQ(type_at(&typed_variable.list).member, ".list") << "into what the library made";
  EXPECT_EQ(type_at(&typed_variable.text).member, ".text");
  EXPECT_EQ(type_at(&global_array[3]).member, "[3]");
  static const long* volatile inside_function = nullptr;
  asm volatile("" : : "r"(&inside_function));
  EXPECT_EQ(type_at(const_cast<const long**>(&inside_function)).name, "volatile const long*");
  int local = 0;
  EXPECT_EQ(type_at(&local).name, "");
}

TEST(symbolizer, many_threads_may_ask_at_once) {
  outer();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (std::uintptr_t i = 0; i < 2000; ++i) {
        const auto address = reinterpret_cast<std::uintptr_t>(&outer) +
                             (i * 7 + static_cast<std::uintptr_t>(t)) % 4096;
        for (const auto& frame : symbolize(address)) EXPECT_FALSE(frame.name.empty());
      }
    });
  for (auto& thread : threads) thread.join();
}

}  // namespace symbol_case
