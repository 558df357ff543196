// SPDX-License-Identifier: Apache-2.0
// The detector's parts by hand, through its entry points, without instrumented code.
#include <gtest/gtest.h>
#include <vole/race.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "race/access_check.h"
#include "race/report/dedupe.h"
#include "race/shadow/shadow_map.h"
#include "race/sync_object.h"

#define VOLE_ABI_ACCESS(NAME, SIZE_BYTES, IS_WRITE) extern "C" void NAME(void* address);
#define VOLE_ABI_RANGE(NAME, IS_WRITE) extern "C" void NAME(void* address, std::size_t size_bytes);
#include <vole/instrument_abi.def>

namespace vole::race {
namespace {

// Runs f on a thread of its own; returns when f has. This file is not instrumented, so waiting with
// an atomic is no edge, and there is no join: what f does is unordered with all that comes after
// it.
template <class F>
void elsewhere(F f) {
  const auto is_done = std::make_shared<std::atomic<bool>>(false);
  std::thread([f, is_done] {
    f();
    *is_done = true;
  }).detach();
  while (!*is_done) std::this_thread::yield();
}

// Every access kind against every other, at every pair of offsets and sizes of a granule and its
// neighbour: a race exactly where they overlap and one writes.
TEST(access_check, reports_exactly_the_overlapping_conflicts) {
  struct access {
    std::size_t offset, size;
    bool is_write;
  };
  std::vector<access> all;
  for (const std::size_t size : {1, 2, 3, 4, 8, 16}) {
    for (std::size_t offset = 0; offset + size <= 16; offset += 3) {
      all.push_back({offset, size, false});
      all.push_back({offset, size, true});
    }
  }
  const auto perform = [](char* base, const access& what) {
    (what.is_write ? __vole_write_range : __vole_read_range)(base + what.offset, what.size);
  };
  struct alignas(16) area {
    char bytes[16];
  };
  std::vector<area> areas(all.size() * all.size());
  elsewhere([&] {
    for (std::size_t i = 0; i < areas.size(); ++i) perform(areas[i].bytes, all[i / all.size()]);
  });
  const context& self = *current_context();
  for (std::size_t i = 0; i < areas.size(); ++i) {
    const access &first = all[i / all.size()], &second = all[i % all.size()];
    const bool is_race = (first.is_write || second.is_write) &&
                         first.offset < second.offset + second.size &&
                         second.offset < first.offset + first.size;
    kept_race found;
    inside_guard guard;
    check_keeping(const_cast<context&>(self),
                  reinterpret_cast<std::uintptr_t>(areas[i].bytes) + second.offset, second.size,
                  second.is_write ? access_kind::write : access_kind::read, 0, found);
    ASSERT_EQ(found.is_found, is_race)
        << first.offset << "+" << first.size << " and " << second.offset << "+" << second.size;
  }
}

TEST(access_check, a_granule_keeps_every_reader) {
  alignas(8) static long granules = 0;
  constexpr int kReaders = 40;
  for (int i = 0; i < kReaders; ++i) elsewhere([] { __vole_read8(&granules); });
  const auto address = reinterpret_cast<std::uintptr_t>(&granules);
  ASSERT_EQ(read_words(address)->load(), kExact);
  const cell_slot& spilled = cell_of(*find_chunk(address), address).slots[1];
  ASSERT_NE(spilled.meta.load() & record::kSpillBit, 0u);
  EXPECT_EQ(reinterpret_cast<spill*>(spilled.epoch.load())->count, unsigned{kReaders});
}

TEST(access_check, forgetting_leaves_the_neighbours) {
  alignas(8) static char bytes[24];
  const auto base = reinterpret_cast<std::uintptr_t>(bytes);
  elsewhere([] { __vole_write_range(bytes, sizeof bytes); });
  forget_accesses(base + 3, base + 17);
  context& self = *current_context();
  for (std::size_t i = 0; i < sizeof bytes; ++i) {
    kept_race found;
    inside_guard guard;
    check_keeping(self, base + i, 1, access_kind::write, 0, found);
    EXPECT_EQ(found.is_found, i < 3 || i >= 17) << i;
  }
}

TEST(history, equal_stacks_have_one_number_and_keep_every_frame) {
  const std::uintptr_t one[] = {0x5001, 0x6002, 0x7003}, other[] = {0x5001, 0x6002, 0x7004};
  const stack_id id = intern_stack(one, 3);
  EXPECT_EQ(intern_stack(one, 3), id);
  EXPECT_NE(intern_stack(other, 3), id);
  std::uintptr_t back[8];
  ASSERT_EQ(load_stack(id, back, 8), 3u);
  EXPECT_EQ(back[0], one[0]);
  EXPECT_EQ(back[2], one[2]);
}

TEST(history, threads_that_intern_the_same_stacks_agree) {
  std::vector<std::vector<stack_id>> ids(4);
  std::vector<std::thread> threads;
  for (auto& mine : ids) {
    threads.emplace_back([&mine] {
      for (std::uintptr_t i = 0; i < 2000; ++i) {
        const std::uintptr_t pcs[] = {0x10000 + i, 0x20000 + i % 7, 0x30000};
        mine.push_back(intern_stack(pcs, 3));
      }
    });
  }
  for (std::thread& each : threads) each.join();
  for (const auto& mine : ids) EXPECT_EQ(mine, ids[0]);
}

TEST(context, a_component_is_taken_over_only_by_whom_its_end_is_known_to) {
  inside_guard guard;
  context* parent = make_context(nullptr, 0);
  context* joined = make_context(parent, 0);
  context* unjoined = make_context(parent, 0);
  const clock::component of_joined = joined->now.who(), of_unjoined = unjoined->now.who();
  acquire(*parent, release(*joined));
  retire_context(joined);
  retire_context(unjoined);
  context* next = make_context(parent, 0);
  context* after = make_context(parent, 0);
  EXPECT_EQ(next->now.who(), of_joined);
  EXPECT_NE(after->now.who(), of_unjoined);
  for (context* each : {next, after, parent}) retire_context(each);
}

TEST(context, a_release_of_nothing_new_publishes_the_same_moment) {
  inside_guard guard;
  context* self = make_context(nullptr, 0);
  const released_clock first = release(*self);
  const released_clock second = release(*self);
  EXPECT_EQ(first.moment, second.moment);
  self->is_dirty = true;
  EXPECT_GT(release(*self).moment.clock(), first.moment.clock());
  retire_context(self);
}

TEST(sync_object, objects_go_with_their_memory) {
  inside_guard guard;
  context* self = make_context(nullptr, 0);
  alignas(16) static char memory[4096];
  const std::size_t before = sync_objects_in_use();
  for (std::size_t i = 0; i < sizeof memory; i += 8)
    sync_release_store(*self, sync_key::of(memory + i));
  EXPECT_EQ(sync_objects_in_use(), before + sizeof memory / 8);
  const auto base = reinterpret_cast<std::uintptr_t>(memory);
  sync_forget_range(base + 8, base + sizeof memory - 8);
  EXPECT_EQ(sync_objects_in_use(), before + 2);
  sync_forget_range(base, base + sizeof memory);
  EXPECT_EQ(sync_objects_in_use(), before);
  retire_context(self);
}

TEST(dedupe, the_id_does_not_depend_on_which_access_came_first) {
  const std::vector<std::string> a = {"store", "main"}, b = {"load", "run"};
  EXPECT_EQ(race_id(a, b, "x"), race_id(b, a, "x"));
  EXPECT_NE(race_id(a, b, "x"), race_id(a, b, "y"));
  EXPECT_NE(race_id(a, b, "x"), race_id(a, a, "x"));
  const std::vector<std::string> joined = {"storemain"};
  EXPECT_NE(race_id(joined, b, "x"), race_id(a, b, "x"));
}

}  // namespace
}  // namespace vole::race
