// SPDX-License-Identifier: Apache-2.0
// Goal: a readable name is cut where a reader would cut it, and a mangled one betrays its owner.
#include <gtest/gtest.h>

#include "symbol/names.h"
#include "symbol/symbolizer.h"

namespace {

using vole::symbol::is_own_function;
using vole::symbol::is_std_function;
using vole::symbol::name_without_parameters;

TEST(names, parameters_qualifiers_and_return_types_are_cut) {
  const std::pair<const char*, const char*> cases[] = {
      {"main", "main"},
      {"pool::worker(int)", "pool::worker"},
      {"pool::worker(std::vector<int, std::allocator<int> > const&) const", "pool::worker"},
      {"std::vector<int> pool::make<int>(int) const", "pool::make<int>"},
      {"unsigned long count<(anonymous namespace)::x>()", "count<(anonymous namespace)::x>"},
      {"(anonymous namespace)::f(int)", "(anonymous namespace)::f"},
      {"main::{lambda()#1}::operator()() const", "main::{lambda()#1}::operator()"},
      {"f(int)::{lambda(auto:1)#2}::operator()(long) const",
       "f(int)::{lambda(auto:1)#2}::operator()"},
      {"operator new(unsigned long)", "operator new"},
      {"a::operator unsigned long() const", "a::operator unsigned long"},
      {"bool operator< <int>(a<int> const&, a<int> const&)", "operator< <int>"},
      {"a::operator<<(std::ostream&, int)", "a::operator<<"},
      {"a::operator()(int)", "a::operator()"},
      {"a::operator->()", "a::operator->"},
      {"f(int) [clone .cold]", "f"},
      {"my_operator(int)", "my_operator"},
      {"f<int (*)(int)>(int (*)(int))", "f<int (*)(int)>"},
      {"void f<&(g(int))>()", "f<&(g(int))>"},
      {"a::~a()", "a::~a"},
      {"text[abi:cxx11](int)", "text"},
      {"a::operator[](int)", "a::operator[]"},
      {"decltype(auto) run<main::{lambda()#1}>(int) const", "run<main::{lambda()#1}>"},
  };
  for (const auto& [whole, cut] : cases) EXPECT_EQ(name_without_parameters(whole), cut) << whole;
}

TEST(names, own_functions_are_those_of_namespace_vole) {
  EXPECT_TRUE(is_own_function("_ZN4vole5sched4parkEv"));
  EXPECT_TRUE(is_own_function("_ZNK4vole4chanIiE4recvEv"));
  EXPECT_TRUE(is_own_function("_ZZN4vole5sched4parkEvENKUlvE_clEv"));
  EXPECT_TRUE(is_own_function("_ZN4vole2goIZ4mainEUlvE_JEEEvOT_DpOT0_"));
  EXPECT_TRUE(is_own_function("vole_context_switch"));
  EXPECT_FALSE(is_own_function("_ZN9vole_test5untilEv"));
  EXPECT_FALSE(is_own_function("_ZZ4mainENKUlvE_clEv"));
  EXPECT_FALSE(is_own_function("_ZN3app4voleEv"));
  EXPECT_FALSE(is_own_function("main"));
  EXPECT_FALSE(is_own_function(""));
}

TEST(names, std_functions_are_the_libraries) {
  EXPECT_TRUE(is_std_function("_ZSt4moveIiEv"));
  EXPECT_TRUE(is_std_function("_ZNSt6thread4joinEv"));
  EXPECT_TRUE(is_std_function("_ZNKSt8functionIFvvEEclEv"));
  EXPECT_TRUE(is_std_function("__cxa_throw"));
  EXPECT_TRUE(is_std_function("_Znwm"));
  EXPECT_FALSE(is_std_function("_Z2nwm"));
  EXPECT_FALSE(is_std_function("_ZN4voleSt"));
  EXPECT_FALSE(is_std_function("main"));
}

TEST(names, a_process_and_a_thread_start_in_the_c_librarys_functions) {
  for (const char* start : {"_start", "__libc_start_main", "__libc_start_call_main", "start_thread",
                            "clone3", "execute_native_thread_routine"})
    EXPECT_TRUE(vole::symbol::is_start_function(start)) << start;
  for (const char* other : {"main", "start", "app::clone", "clone_all", ""})
    EXPECT_FALSE(vole::symbol::is_start_function(other)) << other;
}

TEST(names, a_mangling_that_is_too_new_gives_scopes_and_the_own_name) {
  using vole::symbol::demangle;
  EXPECT_EQ(demangle("_ZN4vole6detail7closureIiE4callITpTnmJEEEvRS5_", "call<>"),
            "vole::detail::closure<...>::call<>");
  EXPECT_EQ(demangle("_ZN3app3runITkSt8integraliEEvT_QstSt1xIS1_E", "run<int>"), "app::run<...>");
  EXPECT_EQ(demangle("_ZN3app3fooITnmEEvQ", nullptr), "app::foo<...>");
  EXPECT_EQ(demangle("_ZN3app4voleEv", "vole"), "app::vole()");
}

TEST(names, what_is_no_cxx_name_stays_as_it_is) {
  EXPECT_EQ(vole::symbol::demangle("qsort_r"), "qsort_r");
  EXPECT_EQ(vole::symbol::demangle("_ZN3app4voleEv"), "app::vole()");
}

}  // namespace
