// SPDX-License-Identifier: Apache-2.0
// Putting a report together.
#include "race/report/build_report.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>

#include "race/describe/explain.h"
#include "race/describe/frames.h"
#include "race/describe/location.h"
#include "race/notes/sync_notes.h"
#include "race/report/dedupe.h"
#include "symbol/symbolizer.h"

namespace vole::race {
namespace {

std::string word_of(access_kind kind) {
  switch (kind) {
    case access_kind::atomic_read:
      return "atomic read";
    case access_kind::read:
      return "read";
    case access_kind::atomic_write:
      return "atomic write";
    case access_kind::write:
      return "write";
  }
  return "";
}

// Whether the first caller of free() that is no allocation function is code we see into: it lies in
// the program or in a library that calls the detector, and is not the runtime's own. A template of
// the runtime's into which user code was inlined is the user's.
bool is_freed_by_seen_code(stack_id stack) {
  std::uintptr_t pc = 0;
  if (load_stack(stack, &pc, 1) == 0) return false;
  Dl_info where{}, self{};
  if (dladdr(reinterpret_cast<void*>(pc), &where) == 0) return false;
  if (dladdr(reinterpret_cast<void*>(&build_report), &self) == 0) return false;
  if (where.dli_fbase != self.dli_fbase) return false;
  const auto& frames = symbol::symbolize(pc - 1);
  if (frames.empty()) return false;
  if (!symbol::is_own_function(frames.back().linkage_name)) return true;
  return std::any_of(frames.begin(), frames.end(), [](const auto& frame) {
    return !symbol::is_own_function(frame.linkage_name) &&
           !symbol::is_std_function(frame.linkage_name);
  });
}

std::string path_of_program() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : "";
}

class builder {
 public:
  builder(const race_facts& facts, const live_goroutines& living, std::uintptr_t own_frame)
      : facts_(facts), living_(living), own_frame_(own_frame), actors_(living) {}

  built_report build() {
    format::race_report& report = built_.report;
    report.kind = "data race";
    const std::vector<named_frame> now = add_access(facts_.now, facts_.is_end_of_life);
    const std::vector<named_frame> before = add_access(facts_.before, false);
    report.location = describe_location(facts_.before.address, facts_.now.actor_index, own_frame_,
                                        actors_, living_);
    report.notes = explain(facts_, report, actors_);
    finish_report(report, actors_);
    const auto variable = symbol::symbolize_data(facts_.before.address);
    report.id = race_id(names_for_id(now), names_for_id(before), variable ? variable->name : "");
    const std::string places[] = {own_place(now), own_place(before)};
    built_.place_hash = race_id({&places[0], 1}, {&places[1], 1}, format::race_id_text(report.id));
    collect_names(report, built_);
    return std::move(built_);
  }

 private:
  std::vector<named_frame> add_access(const access_facts& from, bool is_free) {
    std::vector<named_frame> frames = frames_of(from.stack);
    trim(frames);
    format::race_access access;
    access.what = is_free ? "free" : word_of(from.kind);
    access.address = from.address;
    access.size = from.size;
    access.actor = actors_.add(from.actor_index);
    access.stack = shown(frames);
    std::vector<held_lock> locks;
    access.are_locks_known = locks_at(from.stack, locks);
    for (const held_lock& lock : locks) {
      access.locks.push_back({lock.lock, variable_at(lock.lock), lock.is_shared,
                              shown_from_caller(lock.locked_at, kLockFramesShown)});
    }
    built_.report.accesses.push_back(std::move(access));
    return frames;
  }

  const race_facts& facts_;
  const live_goroutines& living_;
  const std::uintptr_t own_frame_;
  actor_list actors_;
  built_report built_;
};

}  // namespace

void finish_report(format::race_report& report, actor_list& actors) {
  actors.add_creators();
  report.actors = actors.take();
  report.process = static_cast<std::uint64_t>(getpid());
  report.program = path_of_program();
}

void collect_names(const format::race_report& report, built_report& to) {
  for (const format::race_access& access : report.accesses) {
    for (const format::race_frame& frame : access.stack) {
      to.functions.push_back(frame.function);
      if (!frame.file.empty()) to.files.push_back(frame.file);
    }
  }
}

built_report build_report(const race_facts& facts, const live_goroutines& living,
                          std::uintptr_t own_frame) {
  if (facts.is_end_of_life && !is_freed_by_seen_code(facts.now.stack)) {
    built_report unseen;
    unseen.is_freed_unseen = true;
    return unseen;
  }
  return builder(facts, living, own_frame).build();
}

}  // namespace vole::race
