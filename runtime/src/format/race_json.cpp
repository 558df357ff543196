// SPDX-License-Identifier: Apache-2.0
// The JSON form of a race report: one object, one line.
#include "format/json_writer.h"
#include "format/race_report.h"

namespace vole::format {
namespace {

// Addresses are text: a JSON number is exact up to 2^53 only.
std::string address_text(std::uint64_t address) { return "0x" + race_id_text(address).substr(4); }

void write_stack(json_writer& to, std::string_view name, const race_stack& stack) {
  to.key(name).begin_array();
  for (const race_frame& frame : stack) {
    to.begin_object().member("function", frame.function);
    if (!frame.file.empty()) to.member("file", frame.file).member("line", frame.line);
    to.member("offset", frame.offset).end_object();
  }
  to.end_array();
}

void write_access(json_writer& to, const race_access& access) {
  to.begin_object().member("what", access.what);
  to.member("address", address_text(access.address)).member("size", access.size);
  to.member("actor", access.actor);
  write_stack(to, "stack", access.stack);
  to.key("locks").begin_array();
  for (const race_lock& lock : access.locks) {
    to.begin_object().member("address", address_text(lock.address));
    to.member_unless_empty("name", lock.name).member("shared", lock.is_shared);
    write_stack(to, "locked_at", lock.locked_at);
    to.end_object();
  }
  to.end_array().member("locks_known", access.are_locks_known).end_object();
}

void write_actor(json_writer& to, const race_actor& actor) {
  to.begin_object().member("goroutine", actor.goroutine).member("thread", actor.thread);
  to.member("main", actor.is_main).member_unless_empty("name", actor.name);
  to.member("state", actor.state);
  write_stack(to, "created_at", actor.created_at);
  if (actor.creator >= 0) to.member("creator", actor.creator);
  to.end_object();
}

void write_location(json_writer& to, const race_location& location) {
  to.key("location").begin_object().member("kind", location.kind);
  to.member_unless_empty("name", location.name).member_unless_empty("type", location.type);
  to.member("address", address_text(location.address)).member("size", location.size);
  to.member("offset", location.offset);
  if (!location.file.empty()) to.member("file", location.file).member("line", location.line);
  if (location.actor >= 0) to.member("actor", location.actor);
  to.member_unless_empty("function", location.function);
  if (!location.allocated_at.empty()) write_stack(to, "allocated_at", location.allocated_at);
  to.end_object();
}

}  // namespace

std::string race_json(const race_report& report) {
  json_writer to;
  to.begin_object().member("vole_race_report", kRaceReportVersion);
  to.member("id", race_id_text(report.id)).member("kind", report.kind);
  to.member_unless_empty("message", report.message);
  to.member("program", report.program).member("process", report.process);
  if (report.occurrences != 1) to.member("occurrences", report.occurrences);
  to.key("accesses").begin_array();
  for (const race_access& access : report.accesses) write_access(to, access);
  to.end_array().key("actors").begin_array();
  for (const race_actor& actor : report.actors) write_actor(to, actor);
  to.end_array();
  if (!report.location.kind.empty()) write_location(to, report.location);
  to.key("notes").begin_array();
  for (const std::string& note : report.notes) to.value(note);
  to.end_array().member("suppressed", report.is_suppressed);
  to.member_unless_empty("reason", report.reason).end_object();
  return to.take() + "\n";
}

}  // namespace vole::format
