// SPDX-License-Identifier: Apache-2.0
// Reading the logs of both sides.
//
// Let A be the goroutine of the earlier access, in its epoch k, and C the one of the later. They
// race because C knows A only up to some j < k. So, from A's log:
//   - the release that ended epoch k is the first that could have carried the access to C. If there
//     is none, nothing could.
//   - C has acquired neither that one nor a later one, or it would know more than j. In particular:
//     where C did take the same lock, it was before A gave it up.
//   - the release that ended epoch j is the last of A that C has seen: it came before the access.
#include "race/describe/explain.h"

#include <algorithm>

#include "race/describe/frames.h"
#include "race/describe/location.h"
#include "race/notes/sync_notes.h"

namespace vole::race {
namespace {

struct op_words {
  const char* verb;
  const char* object;
};
constexpr op_words kWords[] = {
#define VOLE_SYNC_OP(name, takes, verb, object) {verb, object},
#include "race/notes/sync_op.def"
#undef VOLE_SYNC_OP
};

std::string hex(std::uintptr_t address) { return "0x" + format::race_id_text(address).substr(4); }

std::string at_place(stack_id place) {
  const format::race_stack frames = shown_from_caller(place, 1);
  if (frames.empty()) return "";
  return " at " + frames.front().file + ":" + std::to_string(frames.front().line) + " in " +
         frames.front().function + "()";
}

// "unlocked lock 0x... 'pool::guard' at f.cpp:12 in pool::put()".
std::string words_of(const sync_entry& entry) {
  const op_words& words = kWords[static_cast<std::size_t>(entry.op)];
  std::string text = words.verb;
  if (*words.object != '\0' && entry.object != 0) {
    text += std::string(" ") + words.object + " " + hex(entry.object);
    const std::string name = variable_at(entry.object);
    const bool is_compilers = name.starts_with("guard variable for ");
    if (!name.empty() && !is_compilers) text += " '" + name + "'";
  }
  return text + at_place(entry.place);
}

// Whether taking by `taken` would have seen the release by `given`, had it come later.
bool would_have_seen(sync_op given, sync_op taken) {
  switch (given) {
    case sync_op::unlock:
      return taken == sync_op::lock || taken == sync_op::rlock;
    case sync_op::runlock:
      return taken == sync_op::lock;
    case sync_op::group_done:
      return taken == sync_op::group_wait;
    case sync_op::once_done:
      return taken == sync_op::once_see;
    case sync_op::close:
      return taken == sync_op::receive_closed;
    default:
      return false;
  }
}

class explanation {
 public:
  explanation(const race_facts& facts, const format::race_report& report, actor_list& actors)
      : facts_(facts),
        report_(report),
        earlier_(actors.name_of(facts.before.actor_index)),
        later_(actors.name_of(facts.now.actor_index)) {
    is_earlier_whole_ = load_log(facts.before.actor_index, earlier_log_);
    load_log(facts.now.actor_index, later_log_);
  }

  std::vector<std::string> write() {
    add_locks();
    if (is_earlier_whole_) add_release_after();
    add_last_seen();
    return std::move(sentences_);
  }

 private:
  const std::string& what() const { return report_.accesses[1].what; }

  void say(std::string sentence) {
    sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
    sentences_.push_back(std::move(sentence) + ".");
  }

  static std::string lock_text(const format::race_lock& lock) {
    return hex(lock.address) + (lock.name.empty() ? "" : " '" + lock.name + "'");
  }

  void add_locks() {
    const auto& now = report_.accesses[0].locks;
    const auto& before = report_.accesses[1].locks;
    for (const format::race_lock& mine : now) {
      for (const format::race_lock& other : before) {
        if (mine.address != other.address) continue;
        if (mine.is_shared && other.is_shared)
          say("both held lock " + lock_text(mine) +
              " for reading only, and readers do not exclude each other");
        return;
      }
    }
    if (!now.empty() && !before.empty() && report_.accesses[0].are_locks_known &&
        report_.accesses[1].are_locks_known)
      say("both held locks, but none of them in common");
  }

  const sync_entry* release_at(std::uint64_t clock) const {
    for (const sync_entry& entry : earlier_log_) {
      if (entry.is_release && entry.clock == clock) return &entry;
    }
    return nullptr;
  }

  // How often A has released since the access.
  std::uint64_t releases_since() const {
    std::uint64_t last = 0;
    for (const sync_entry& entry : earlier_log_) {
      if (entry.is_release) last = std::max(last, entry.clock);
    }
    return last >= facts_.before_clock ? last - facts_.before_clock + 1 : 0;
  }

  void add_release_after() {
    const std::uint64_t count = releases_since();
    if (count == 0) {
      const bool has_ended = actor_at(facts_.before.actor_index).is_finished;
      say(earlier_ +
          (has_ended ? " ended without synchronising after its "
                     : " has not synchronised since its ") +
          what() + (has_ended ? ": the end of a goroutine orders nothing" : ""));
      return;
    }
    const sync_entry* first = release_at(facts_.before_clock);
    if (first == nullptr) {
      say(earlier_ + " has released " + std::to_string(count) + " times since its " + what() +
          "; " + later_ + " has acquired none of that");
      return;
    }
    say("after its " + what() + " " + earlier_ + " " + words_of(*first) + "; " + later_ +
        " has not acquired that" + relation_to(*first));
  }

  // What C did with the same object.
  std::string relation_to(const sync_entry& given) const {
    if (given.object == 0) return "";
    const sync_entry* taken = nullptr;
    for (const sync_entry& entry : later_log_) {
      if (entry.object == given.object && would_have_seen(given.op, entry.op)) taken = &entry;
    }
    if (taken == nullptr) return "";
    return std::string(": it ") + kWords[static_cast<std::size_t>(taken->op)].verb +
           " it before that" + at_place(taken->place);
  }

  void add_last_seen() {
    const actor& earlier = actor_at(facts_.before.actor_index);
    const actor& later = actor_at(facts_.now.actor_index);
    if (facts_.known_clock < earlier.first_clock) {
      say(later_ + " has acquired nothing that " + earlier_ + " released");
      return;
    }
    if (later.parent == facts_.before.actor_index && later.parent_clock == facts_.known_clock) {
      say(later_ + " has acquired nothing from " + earlier_ + " since " + earlier_ +
          " started it, which was before the " + what());
      return;
    }
    const sync_entry* seen = is_earlier_whole_ ? release_at(facts_.known_clock) : nullptr;
    if (seen == nullptr || shown_from_caller(seen->place, 1).empty()) return;
    say(later_ + " has seen what " + earlier_ + " did until it " + words_of(*seen) +
        ", which was before the " + what());
  }

  const race_facts& facts_;
  const format::race_report& report_;
  const std::string earlier_, later_;
  std::vector<sync_entry> earlier_log_, later_log_;
  bool is_earlier_whole_ = false;
  std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> explain(const race_facts& facts, const format::race_report& report,
                                 actor_list& actors) {
  return explanation(facts, report, actors).write();
}

}  // namespace vole::race
