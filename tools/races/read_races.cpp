// SPDX-License-Identifier: Apache-2.0
// The reader's half of docs/race-report.schema.json: everything is checked before it is believed.
#include "races/read_races.h"

#include <charconv>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace vole::races {
namespace {

using json = nlohmann::json;

constexpr std::size_t kQuotedMax = 40;  // of a faulty value, in a message

class fault : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A value with the way to it, for messages.
class node {
 public:
  node(const json& value, std::string path) : value_(value), path_(std::move(path)) {}

  [[noreturn]] void fail(const std::string& expected) const {
    std::string found = value_.dump(-1, ' ', false, json::error_handler_t::replace);
    if (found.size() > kQuotedMax) found = found.substr(0, kQuotedMax) + "...";
    throw fault(path_ + ": expected " + expected + ", found " + found);
  }

  bool has(const char* name) const { return value_.is_object() && value_.contains(name); }
  node at(const char* name) const {
    if (!value_.is_object()) fail("an object");
    const auto found = value_.find(name);
    const std::string path = path_.empty() ? name : path_ + "." + name;
    if (found == value_.end()) throw fault(path + ": is missing");
    return {*found, path};
  }

  std::string text() const {
    if (!value_.is_string()) fail("a text");
    return value_.get<std::string>();
  }
  std::string text_or_empty(const char* name) const { return has(name) ? at(name).text() : ""; }
  std::uint64_t number() const {
    if (!value_.is_number_unsigned()) fail("a whole number");
    return value_.get<std::uint64_t>();
  }
  int line() const {
    const std::uint64_t value = number();
    if (value > INT32_MAX) fail("a line's number");
    return static_cast<int>(value);
  }
  bool truth() const {
    if (!value_.is_boolean()) fail("true or false");
    return value_.get<bool>();
  }
  // `digits` hexadecimal ones behind `prefix`.
  std::uint64_t hex(std::string_view prefix, std::size_t digits) const {
    const std::string all = text();
    std::uint64_t value = 0;
    const bool is_shaped = all.size() == prefix.size() + digits && all.starts_with(prefix);
    const char* const end = all.data() + all.size();
    if (!is_shaped || std::from_chars(all.data() + prefix.size(), end, value, 16).ptr != end)
      fail(std::string(prefix) + " and " + std::to_string(digits) + " hexadecimal digits");
    return value;
  }
  std::uint64_t address() const { return hex("0x", 12); }

  template <class F>
  auto each(F read) const {
    if (!value_.is_array()) fail("an array");
    std::vector<decltype(read(*this))> items;
    for (std::size_t i = 0; i < value_.size(); ++i)
      items.push_back(read(node(value_[i], path_ + "[" + std::to_string(i) + "]")));
    return items;
  }

 private:
  const json& value_;
  std::string path_;
};

format::race_frame read_frame(const node& from) {
  format::race_frame frame;
  frame.function = from.at("function").text();
  frame.file = from.text_or_empty("file");
  if (from.has("line")) frame.line = from.at("line").line();
  frame.offset = from.at("offset").number();
  return frame;
}

format::race_stack read_stack(const node& from) { return from.each(read_frame); }

format::race_lock read_lock(const node& from) {
  return {from.at("address").address(), from.text_or_empty("name"), from.at("shared").truth(),
          read_stack(from.at("locked_at"))};
}

class report_reader {
 public:
  explicit report_reader(const json& line) : top_(line, "") {}

  format::race_report read() {
    if (!top_.has("vole_race_report"))
      throw fault("not a race report of vole: vole_race_report is missing");
    if (top_.at("vole_race_report").number() != format::kRaceReportVersion)
      top_.at("vole_race_report").fail("version " + std::to_string(format::kRaceReportVersion));
    format::race_report report;
    report.id = top_.at("id").hex("", 16);
    report.kind = top_.at("kind").text();
    if (report.kind != "data race" && report.kind != "misuse")
      top_.at("kind").fail("\"data race\" or \"misuse\"");
    report.message = top_.text_or_empty("message");
    report.program = top_.at("program").text();
    report.process = top_.at("process").number();
    if (top_.has("occurrences")) report.occurrences = top_.at("occurrences").number();
    report.actors = top_.at("actors").each([&](const node& n) { return read_actor(n); });
    actor_count_ = report.actors.size();
    for (std::size_t i = 0; i < report.actors.size(); ++i) {
      if (report.actors[i].creator >= static_cast<std::int64_t>(actor_count_))
        throw fault("actors[" + std::to_string(i) + "].creator: there is no such actor");
    }
    report.accesses = top_.at("accesses").each([&](const node& n) { return read_access(n); });
    if (report.accesses.empty() || report.accesses.size() > 2)
      top_.at("accesses").fail("one or two accesses");
    if (top_.has("location")) report.location = read_location(top_.at("location"));
    report.notes = top_.at("notes").each([](const node& n) { return n.text(); });
    report.is_suppressed = top_.at("suppressed").truth();
    report.reason = top_.text_or_empty("reason");
    return report;
  }

 private:
  std::uint64_t actor_at(const node& from) const {
    const std::uint64_t index = from.number();
    if (index >= actor_count_)
      from.fail("the index of one of " + std::to_string(actor_count_) + " actors");
    return index;
  }

  static format::race_actor read_actor(const node& from) {
    format::race_actor actor;
    actor.goroutine = from.at("goroutine").number();
    actor.thread = from.at("thread").number();
    actor.is_main = from.at("main").truth();
    actor.name = from.text_or_empty("name");
    actor.state = from.at("state").text();
    actor.created_at = read_stack(from.at("created_at"));
    if (from.has("creator")) actor.creator = from.at("creator").line();
    return actor;
  }

  format::race_access read_access(const node& from) const {
    format::race_access access;
    access.what = from.at("what").text();
    access.address = from.at("address").address();
    access.size = from.at("size").number();
    access.actor = actor_at(from.at("actor"));
    access.stack = read_stack(from.at("stack"));
    access.locks = from.at("locks").each(read_lock);
    access.are_locks_known = from.at("locks_known").truth();
    return access;
  }

  format::race_location read_location(const node& from) const {
    format::race_location location;
    location.kind = from.at("kind").text();
    location.name = from.text_or_empty("name");
    location.type = from.text_or_empty("type");
    location.address = from.at("address").address();
    location.size = from.at("size").number();
    location.offset = from.at("offset").number();
    location.file = from.text_or_empty("file");
    if (from.has("line")) location.line = from.at("line").line();
    if (from.has("actor")) location.actor = static_cast<std::int64_t>(actor_at(from.at("actor")));
    location.function = from.text_or_empty("function");
    if (from.has("allocated_at")) location.allocated_at = read_stack(from.at("allocated_at"));
    return location;
  }

  node top_;
  std::size_t actor_count_ = 0;
};

}  // namespace

base::result<std::vector<format::race_report>> parse_races(std::string_view text,
                                                           const std::string& name) {
  std::vector<format::race_report> reports;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    const std::string where = name + ":" + std::to_string(number) + ": ";
    try {
      reports.push_back(report_reader(json::parse(line)).read());
    } catch (const json::exception& error) {
      if (end == std::string_view::npos)
        return base::error{where + "the last report is cut off: its writer was killed?"};
      return base::error{where + "not JSON: " + error.what()};
    } catch (const fault& error) {
      return base::error{where + error.what()};
    }
  }
  return reports;
}

std::vector<format::race_report> merge_races(std::vector<format::race_report> reports) {
  std::vector<format::race_report> merged;
  std::map<std::uint64_t, std::size_t> place_of;
  for (format::race_report& report : reports) {
    const auto [found, is_new] = place_of.try_emplace(report.id, merged.size());
    if (is_new) {
      merged.push_back(std::move(report));
      continue;
    }
    format::race_report& first = merged[found->second];
    const std::uint64_t occurrences = first.occurrences + report.occurrences;
    if (first.is_suppressed && !report.is_suppressed) first = std::move(report);
    first.occurrences = occurrences;
  }
  return merged;
}

}  // namespace vole::races
