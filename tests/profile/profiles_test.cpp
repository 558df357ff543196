// SPDX-License-Identifier: Apache-2.0
// Goal: the named profiles hold what they should, in the three formats, and Go's tool reads them.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/pprof.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "event/emit.h"
#include "profile/pprof/collected_profile.h"
#include "tool.h"

namespace profiles_case {

namespace pprof = vole::pprof;
using profile_test::contains;
using profile_test::flat_values;
using profile_test::go_pprof;

std::string written(std::string_view name, int debug) {
  std::ostringstream out;
  pprof::lookup(name)->write_to(out, debug);
  return std::move(out).str();
}

struct everybody_gone {
  ~everybody_gone() {
    while (vole::num_goroutine() != 1) vole::yield();
  }
};

[[gnu::noinline]] void hold(const vole::chan<int>& gate) {
  gate.recv();
  asm volatile("" ::: "memory");
}

TEST(profiles, every_one_is_a_file_that_go_accepts) {
  pprof::set_mem_profile_rate(1);
  {
    const std::vector<int> something(1000);
  }
  pprof::set_mem_profile_rate(0);
  for (const char* name :
       {"goroutine", "goroutineleak", "heap", "allocs", "block", "mutex", "threadcreate"}) {
    const auto raw = go_pprof("-raw", written(name, 0));
    EXPECT_EQ(raw.status, 0) << name << '\n' << raw.output;
  }
}

TEST(profiles, the_goroutine_profile_groups_by_stack_and_labels) {
  const everybody_gone at_end;
  const auto gate = vole::make_chan<int>();
  for (int i = 0; i < 3; ++i) vole::go(hold, gate);
  pprof::with_labels({{"b", "2"}, {"a", "x\"y"}}, [&] { vole::go(hold, gate); });
  const auto parked = [] {
    const std::string all = vole::stack(true);
    std::size_t n = 0;
    for (std::size_t at = 0; (at = all.find(" [chan receive", at)) != std::string::npos; ++at) ++n;
    return n;
  };
  while (parked() != 4) vole::yield();
  const std::string text = written("goroutine", 1);
  EXPECT_TRUE(
      std::regex_search(text, std::regex("^goroutine profile: total 5\n"
                                         "3 @( 0x[0-9a-f]+)+\n"
                                         "#\t0x[0-9a-f]+\tprofiles_case::hold\\+0x[0-9a-f]+\t+/"
                                         "\\S+profiles_test.cpp:[0-9]+\n")))
      << text;
  EXPECT_TRUE(contains(text, "\n# labels: {\"a\":\"x\\\"y\", \"b\":\"2\"}\n#\t0x")) << text;
  EXPECT_TRUE(text.ends_with("\n\n")) << text;
  const auto raw = go_pprof("-raw", written("goroutine", 0));
  EXPECT_TRUE(contains(raw.output, "a:[x\"y]")) << raw.output;
  const auto values = flat_values(go_pprof("-top -nodefraction=0", written("goroutine", 0)).output);
  double held = 0;
  for (const auto& [name, value] : values)
    if (contains(name, "recv")) held += value;
  EXPECT_GE(held, 4) << raw.output;
  EXPECT_EQ(pprof::lookup("goroutine")->count(), 5u);
  gate.close();
}

TEST(profiles, the_texts_are_read_by_go_too) {
  pprof::set_mem_profile_rate(1);
  const auto kept = std::make_unique<std::vector<int>>(5000);
  pprof::set_mem_profile_rate(0);
  for (const char* name : {"goroutine", "heap", "threadcreate"}) {
    const auto raw = go_pprof("-raw", written(name, 1));
    EXPECT_EQ(raw.status, 0) << name << '\n' << raw.output << written(name, 1);
  }
}

TEST(profiles, a_custom_profile_counts_what_was_added_and_not_removed) {
  pprof::profile* const p = pprof::new_profile("test.handles");
  int a = 0, b = 0;
  p->add(&a);
  p->add(&b);
  EXPECT_EQ(p->count(), 2u);
  EXPECT_THROW(p->add(&a), std::logic_error);
  p->remove(&a);
  p->remove(&a);
  EXPECT_EQ(p->count(), 1u);
  EXPECT_TRUE(written("test.handles", 1).starts_with("test.handles profile: total 1\n1 @ 0x"));
  const auto raw = go_pprof("-raw", written("test.handles", 0));
  EXPECT_TRUE(contains(raw.output, "test.handles/count")) << raw.output;
  EXPECT_TRUE(contains(raw.output, "profiles_test.cpp")) << raw.output;
  p->remove(&b);
}

[[gnu::noinline]] void add_for_caller(pprof::profile* p, const void* key) {
  p->add(key, 1);
  asm volatile("" ::: "memory");
}
[[gnu::noinline]] void caller(pprof::profile* p, const void* key) {
  add_for_caller(p, key);
  asm volatile("" ::: "memory");
}

TEST(profiles, skip_leaves_the_innermost_frames_out) {
  pprof::profile* const p = pprof::new_profile("test.skip");
  int key = 0;
  caller(p, &key);
  const std::string text = written("test.skip", 1);
  EXPECT_FALSE(contains(text, "add_for_caller")) << text;
  EXPECT_TRUE(contains(text, "profiles_case::caller")) << text;
  p->remove(&key);
}

// Leaves a goroutine behind for ever, and says whether the profile has it and only it.
bool is_leak_alone_in_its_profile() {
  const auto gate = vole::make_chan<int>();
  if (pprof::lookup("goroutineleak")->count() != 0) return false;
  vole::go([] { vole::chan<int>().recv(); });  // nobody can ever send on a nil channel
  vole::go(hold, gate);
  while (!contains(vole::stack(true), "(nil chan)") ||
         !contains(vole::stack(true), "profiles_case::hold"))
    vole::yield();
  const std::string text = written("goroutineleak", 2);
  std::fputs(text.c_str(), stderr);
  return pprof::lookup("goroutineleak")->count() == 1 &&
         contains(text, "[chan receive (nil chan)]:\n") && !contains(text, "profiles_case::hold");
}

TEST(profiles, goroutineleak_holds_those_that_can_never_wake) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";  // a fresh process
  EXPECT_EXIT(std::_Exit(is_leak_alone_in_its_profile() ? 17 : 1), ::testing::ExitedWithCode(17),
              "nil chan");
}

TEST(profiles, names_are_unique_and_the_librarys_own_are_not_for_adding) {
  EXPECT_THROW(pprof::new_profile(""), std::invalid_argument);
  EXPECT_THROW(pprof::new_profile("heap"), std::invalid_argument);
  EXPECT_THROW(pprof::lookup("heap")->add(nullptr), std::logic_error);
  EXPECT_THROW(pprof::lookup("heap")->remove(nullptr), std::logic_error);
  EXPECT_EQ(pprof::lookup("heap?"), nullptr);
}

// Waits made by hand: a goroutine's park and its waking, announced as sched announces them.
class planted_wait {
 public:
  explicit planted_wait(vole::event::wait_reason reason) {
    self_.id = 1'000'000;
    vole::event::emit::goroutine_parked(&self_, reason, this);
  }
  void wake() { vole::event::emit::goroutine_readied(&self_); }
  ~planted_wait() { vole::event::emit::goroutine_finished(&self_); }
  planted_wait(const planted_wait&) = delete;
  planted_wait& operator=(const planted_wait&) = delete;

 private:
  vole::event::goroutine self_;
};

[[gnu::noinline]] void wait_here(vole::event::wait_reason reason) {
  planted_wait wait(reason);
  wait.wake();
}

std::int64_t contentions_of(std::string_view profile, const std::string& function) {
  const auto top =
      go_pprof("-top -cum -nodefraction=0 -sample_index=contentions -focus=" + function,
               written(profile, 0));
  std::smatch found;
  const std::regex total("accounting for [0-9]+, \\S+ of ([0-9]+) total|of ([0-9]+) total");
  double sum = 0;
  for (const auto& [name, value] : flat_values(top.output)) sum += value;
  return static_cast<std::int64_t>(sum);
}

TEST(profiles, nothing_is_recorded_while_the_rates_are_zero) {
  const auto before = pprof::lookup("block")->count() + pprof::lookup("mutex")->count();
  wait_here(vole::event::wait_reason::mutex_lock);
  EXPECT_EQ(pprof::lookup("block")->count() + pprof::lookup("mutex")->count(), before);
}

TEST(profiles, the_block_profile_counts_each_wait_at_rate_one) {
  pprof::set_block_profile_rate(1);
  for (int i = 0; i < 25; ++i) wait_here(vole::event::wait_reason::chan_receive);
  for (int i = 0; i < 5; ++i) wait_here(vole::event::wait_reason::sleep);  // not contention
  pprof::set_block_profile_rate(0);
  EXPECT_EQ(contentions_of("block", "profiles_case::wait_here"), 25);
  const std::string text = written("block", 1);
  EXPECT_TRUE(text.starts_with("--- contention:\ncycles/second=1000000000\n")) << text;
  EXPECT_TRUE(std::regex_search(text, std::regex("\n[0-9]+ 25 @( 0x[0-9a-f]+)+\n#\t"))) << text;
  EXPECT_EQ(go_pprof("-raw", text).status, 0) << text;
}

TEST(profiles, the_mutex_profile_scales_by_its_fraction) {
  EXPECT_EQ(pprof::set_mutex_profile_fraction(4), 0);
  EXPECT_EQ(pprof::set_mutex_profile_fraction(-1), 4);
  constexpr int kWaits = 4000;
  for (int i = 0; i < kWaits; ++i) wait_here(vole::event::wait_reason::mutex_lock);
  for (int i = 0; i < 100; ++i) wait_here(vole::event::wait_reason::chan_receive);
  EXPECT_EQ(pprof::set_mutex_profile_fraction(0), 4);
  const auto counted = contentions_of("mutex", "profiles_case::wait_here");
  EXPECT_EQ(counted % 4, 0);
  // One standard deviation is 4 * sqrt(4000 * 1/4 * 3/4) = 110.
  EXPECT_NEAR(static_cast<double>(counted), kWaits, 8 * 110);
  EXPECT_TRUE(
      written("mutex", 1).starts_with("--- mutex:\ncycles/second=1000000000\nsampling period="));
}

[[gnu::noinline]] std::unique_ptr<char[]> allocate(std::size_t size) {
  std::unique_ptr<char[]> memory(new char[size]);
  asm volatile("" ::"r"(memory.get()) : "memory");
  return memory;
}

double heap_value(const std::string& index, const std::string& name = "heap") {
  const auto top =
      go_pprof("-top -unit=B -nodefraction=0 -focus=profiles_case::allocate -sample_index=" + index,
               written(name, 0));
  double sum = 0;
  for (const auto& [function, value] : flat_values(top.output)) sum += value;
  return sum;
}

TEST(profiles, the_heap_profile_at_rate_one_is_exact) {
  const double objects = heap_value("alloc_objects"), in_use = heap_value("inuse_space");
  pprof::set_mem_profile_rate(1);
  auto kept = allocate(1000);
  for (int i = 0; i < 9; ++i) allocate(500);
  pprof::set_mem_profile_rate(0);
  EXPECT_EQ(heap_value("alloc_objects") - objects, 10);
  EXPECT_EQ(heap_value("inuse_space") - in_use, 1000);
  EXPECT_EQ(heap_value("inuse_objects"), 1);
  kept.reset();  // frees are seen when nothing is sampled any more
  EXPECT_EQ(heap_value("inuse_space") - in_use, 0);
  const auto raw = go_pprof("-raw", written("allocs", 0));
  EXPECT_TRUE(contains(raw.output, "bytes:[1000 bytes]")) << raw.output.substr(0, 3000);
}

TEST(profiles, the_heap_profile_estimates_without_bias) {
  const double before = heap_value("alloc_space");
  pprof::set_mem_profile_rate(4096);
  constexpr int kObjects = 40'000, kSize = 256;
  for (int i = 0; i < kObjects; ++i) allocate(kSize);
  pprof::set_mem_profile_rate(0);
  // 2,500 samples are expected: one standard deviation is 2 %.
  EXPECT_NEAR(heap_value("alloc_space") - before, double{kObjects} * kSize, 0.2 * kObjects * kSize);
}

TEST(profiles, the_difference_of_two_moments_is_what_happened_between) {
  using vole::profile::collected_profile;
  collected_profile before, after;
  before.sample_types = after.sample_types = {{"x", "count"}};
  before.collected_at_ns = 100;
  after.collected_at_ns = 350;
  before.samples[{{1}, {}}] = {5};
  before.samples[{{2}, {}}] = {7};
  after.samples[{{1}, {}}] = {5};
  after.samples[{{2}, {}}] = {9};
  after.samples[{{3}, {}}] = {1};
  const collected_profile delta = vole::profile::difference(before, after);
  EXPECT_EQ(delta.samples.size(), 2u);
  EXPECT_EQ(delta.samples.at({{2}, {}})[0], 2);
  EXPECT_EQ(delta.samples.at({{3}, {}})[0], 1);
  EXPECT_EQ(delta.duration_ns, 250);
  EXPECT_EQ(delta.collected_at_ns, 100);
}

TEST(labels, an_inner_scope_adds_and_replaces_and_gives_back) {
  const auto text = [] { return written("goroutine", 1); };
  pprof::with_labels({{"a", "1"}, {"b", "1"}}, [&] {
    EXPECT_TRUE(contains(text(), R"({"a":"1", "b":"1"})"));
    const int result = pprof::with_labels({{"b", "2"}, {"c", "3"}}, [&] {
      EXPECT_TRUE(contains(text(), R"({"a":"1", "b":"2", "c":"3"})"));
      return 42;
    });
    EXPECT_EQ(result, 42);
    EXPECT_THROW(pprof::with_labels({{"d", "4"}}, [] { throw std::runtime_error("x"); }),
                 std::runtime_error);
    EXPECT_TRUE(contains(text(), R"({"a":"1", "b":"1"})"));
  });
  EXPECT_FALSE(contains(text(), "# labels"));
}

}  // namespace profiles_case
