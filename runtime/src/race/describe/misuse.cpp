// SPDX-License-Identifier: Apache-2.0
// From a misuse to its report.
#include "race/describe/misuse.h"

#include <unistd.h>

#include "race/describe/frames.h"
#include "race/describe/location.h"
#include "race/notes/origins.h"
#include "race/notes/sync_notes.h"
#include "race/report/dedupe.h"
#include "race/report/options.h"
#include "race/report/race_report.h"
#include "symbol/symbolizer.h"

namespace vole::race {
namespace {

// Where `holder` has locked it last, as far as its log reaches.
stack_id place_of_lock(const context& holder, std::uintptr_t lock) {
  std::vector<sync_entry> log;
  stack_id place = 0;
  if (!load_log(holder.actor_index, log)) return 0;
  for (const sync_entry& entry : log) {
    if (entry.object == lock && (entry.op == sync_op::lock || entry.op == sync_op::rlock))
      place = entry.place;
  }
  return place;
}

format::race_access describe(const access_facts& from, std::string_view deed, actor_list& actors,
                             std::vector<named_frame>& frames) {
  frames = frames_of(from.stack);
  trim(frames);
  format::race_access access;
  access.what = deed;
  access.address = from.address;
  access.actor = actors.add(from.actor_index);
  access.stack = shown_from_caller(from.stack);
  if (access.stack.empty()) access.stack = shown(frames);
  std::vector<held_lock> locks;
  access.are_locks_known = locks_at(from.stack, locks);
  for (const held_lock& lock : locks) {
    access.locks.push_back({lock.lock, variable_at(lock.lock), lock.is_shared,
                            shown_from_caller(lock.locked_at, kLockFramesShown)});
  }
  return access;
}

}  // namespace

void report_misuse(event::misuse what, const void* object, const context* other, call_site site) {
  if (options().report_misuse == 0 || this_thread.inside != 0) return;
  inside_guard guard;
  context* self = running_context();
  if (self == nullptr) return;
  misuse_facts facts;
  facts.what = what;
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  facts.now.address = address;
  facts.now.stack = add_locks(*self, unwind_stack(site, self->stack_low, self->stack_high));
  facts.now.actor_index = self->actor_index;
  facts.before.address = address;
  if (event::former_deed_of(what) == "close") {
    const origin from = origin_of(object);
    facts.before.actor_index = from.actor_index;
    facts.before.stack = from.stack;
  } else if (other != nullptr) {
    facts.before.actor_index = other->actor_index;
    facts.before.stack = place_of_lock(*other, address);
  }
  facts.has_before = facts.before.actor_index != 0;
  write_misuse(facts);
}

built_report build_misuse(const misuse_facts& facts, const live_goroutines& living,
                          std::uintptr_t own_frame) {
  built_report built;
  format::race_report& report = built.report;
  actor_list actors(living);
  std::vector<named_frame> now, before;
  report.kind = "misuse";
  report.message = event::text(facts.what);
  report.accesses.push_back(describe(facts.now, event::deed_of(facts.what), actors, now));
  if (facts.has_before) {
    report.accesses.push_back(
        describe(facts.before, event::former_deed_of(facts.what), actors, before));
  }
  report.location =
      describe_location(facts.now.address, facts.now.actor_index, own_frame, actors, living);
  finish_report(report, actors);
  const auto variable = symbol::symbolize_data(facts.now.address);
  report.id = race_id(names_for_id(now), names_for_id(before),
                      report.message + (variable ? variable->name : ""));
  const std::string places[] = {own_place(now), own_place(before)};
  built.place_hash = race_id({&places[0], 1}, {&places[1], 1}, format::race_id_text(report.id));
  collect_names(report, built);
  return built;
}

}  // namespace vole::race
