// SPDX-License-Identifier: Apache-2.0
// The text form of a race report: Go's, line for line, and then what Go leaves out.
#include <algorithm>
#include <cctype>
#include <charconv>

#include "format/race_report.h"

namespace vole::format {
namespace {

std::string hex(std::uint64_t value, std::size_t digits_min = 1) {
  char buffer[16];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, 16).ptr;
  std::string text(buffer, end);
  if (text.size() < digits_min) text.insert(0, digits_min - text.size(), '0');
  return text;
}

std::string bytes(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

std::string capitalized(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(text[0]));
  return text;
}

class text_form {
 public:
  text_form(const race_report& report, std::string_view strip_prefix)
      : report_(report), strip_prefix_(strip_prefix) {}

  std::string write() {
    const bool is_race = report_.message.empty();
    text_ = "==================\nWARNING: ";
    text_ += is_race ? "DATA RACE\n" : "MISUSE: " + report_.message + "\n";
    for (std::size_t i = 0; i < report_.accesses.size(); ++i) add_access(i);
    for (const race_access& access : report_.accesses) add_creation(access.actor);
    add_location();
    for (const std::string& note : report_.notes) text_ += without_prefix(note) + "\n";
    if (!report_.notes.empty()) text_ += "\n";
    if (is_race && report_.accesses.size() == 2) {
      text_ += "Accesses of " + bytes(report_.accesses[0].size) + " and " +
               bytes(report_.accesses[1].size) + "; race id " + race_id_text(report_.id) + "\n";
    } else {
      text_ += "Misuse id " + race_id_text(report_.id) + "\n";
    }
    if (report_.occurrences > 1)
      text_ += "Seen " + std::to_string(report_.occurrences) + " times\n";
    return text_ + "==================\n";
  }

 private:
  std::string place_of(const std::string& file, int line) const {
    std::string_view name = file;
    if (!strip_prefix_.empty() && name.starts_with(strip_prefix_))
      name.remove_prefix(strip_prefix_.size());
    return name.empty() ? "??" : std::string(name) + ":" + std::to_string(line);
  }

  std::string without_prefix(std::string note) const {
    if (strip_prefix_.empty()) return note;
    for (std::size_t at = 0; (at = note.find(strip_prefix_, at)) != note.npos;)
      note.erase(at, strip_prefix_.size());
    return note;
  }

  void add_stack(const race_stack& stack, const std::string& indent) {
    if (stack.empty()) text_ += indent + "[no stack was recorded]\n";
    for (const race_frame& frame : stack) {
      text_ += indent + frame.function + (frame.function.starts_with("0x") ? "\n" : "()\n");
      text_ +=
          indent + "    " + place_of(frame.file, frame.line) + " +0x" + hex(frame.offset) + "\n";
    }
  }

  const race_actor& actor_at(std::uint64_t index) const { return report_.actors.at(index); }

  void add_locks(const race_access& access) {
    for (const race_lock& lock : access.locks) {
      text_ += "  Holding lock 0x" + hex(lock.address, 12);
      if (!lock.name.empty()) text_ += " '" + lock.name + "'";
      if (lock.is_shared) text_ += " (shared)";
      text_ += ", locked at:\n";
      add_stack(lock.locked_at, "    ");
    }
    if (!access.are_locks_known) text_ += "  [which other locks it held is not known]\n";
  }

  void add_access(std::size_t index) {
    const race_access& access = report_.accesses[index];
    const std::string what = index == 0 ? access.what : "previous " + access.what;
    text_ += capitalized(what) + " at 0x" + hex(access.address, 12) + " by " +
             race_actor_name(actor_at(access.actor)) + ":\n";
    add_stack(access.stack, "  ");
    add_locks(access);
    text_ += "\n";
  }

  // `Goroutine 6 (running) created at:`, then the same for its creator, up to main.
  void add_creation(std::uint64_t index) {
    while (std::find(said_.begin(), said_.end(), index) == said_.end()) {
      said_.push_back(index);
      const race_actor& actor = actor_at(index);
      if (actor.is_main || actor.created_at.empty()) return;
      text_ += capitalized(race_actor_name(actor));
      if (!actor.name.empty()) text_ += " '" + actor.name + "'";
      text_ += " (" + actor.state + ") created at:\n";
      add_stack(actor.created_at, "  ");
      text_ += "\n";
      if (actor.creator < 0) return;
      index = static_cast<std::uint64_t>(actor.creator);
    }
  }

  void add_location() {
    const race_location& where = report_.location;
    if (where.kind.empty()) return;
    const std::string extent = bytes(where.size) + " at 0x" + hex(where.address, 12) + ", offset " +
                               std::to_string(where.offset);
    if (where.kind == "global") {
      text_ += "Location is global variable '" + where.name + "' of ";
      if (!where.type.empty()) text_ += "type " + where.type + ", ";
      text_ += extent;
      if (!where.file.empty()) text_ += ", declared at " + place_of(where.file, where.line);
      text_ += "\n";
    } else if (where.kind == "heap") {
      text_ += "Location is a heap block of " + extent;
      if (where.actor >= 0)
        text_ +=
            ", allocated by " + race_actor_name(actor_at(static_cast<std::uint64_t>(where.actor)));
      text_ += where.allocated_at.empty() ? "\n" : " at:\n";
      if (!where.allocated_at.empty()) add_stack(where.allocated_at, "  ");
    } else {
      text_ += "Location is ";
      if (!where.function.empty()) text_ += "the frame of " + where.function + "() on ";
      text_ += "the stack";
      if (where.actor >= 0)
        text_ += " of " + race_actor_name(actor_at(static_cast<std::uint64_t>(where.actor)));
      text_ += "\n";
    }
    text_ += "\n";
  }

  const race_report& report_;
  const std::string_view strip_prefix_;
  std::string text_;
  std::vector<std::uint64_t> said_;
};

}  // namespace

std::string race_id_text(std::uint64_t id) { return hex(id, 16); }

std::string race_actor_name(const race_actor& actor) {
  if (actor.is_main) return "main goroutine";
  if (actor.goroutine != 0) return "goroutine " + std::to_string(actor.goroutine);
  return "thread " + std::to_string(actor.thread);
}

std::string race_text(const race_report& report, std::string_view strip_prefix) {
  return text_form(report, strip_prefix).write();
}

}  // namespace vole::format
