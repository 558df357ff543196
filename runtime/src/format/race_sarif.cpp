// SPDX-License-Identifier: Apache-2.0
// The SARIF 2.1.0 form of race reports (OASIS, 27 March 2020), which code hosts and editors show at
// the lines concerned.
#include "format/json_writer.h"
#include "format/race_report.h"

namespace vole::format {
namespace {

// RFC 3986: a path as a reference. Absolute paths become file: URIs, others stay relative.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "/-._~";
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_alphanumeric || kPlain.find(c) != kPlain.npos) {
      uri += c;
    } else {
      uri += '%';
      uri += kDigits[byte >> 4];
      uri += kDigits[byte & 15];
    }
  }
  return uri;
}

class sarif_result {
 public:
  sarif_result(const race_report& report, std::string_view strip_prefix)
      : report_(report), strip_prefix_(strip_prefix) {}

  std::string write() {
    const bool is_race = report_.message.empty();
    to_.begin_object().member("ruleId", is_race ? "data-race" : "misuse");
    to_.member("ruleIndex", is_race ? 0 : 1).member("level", "error");
    to_.key("message").begin_object().member("text", summary()).end_object();
    to_.member("occurrenceCount", report_.occurrences).key("locations").begin_array();
    if (!report_.accesses.empty()) add_location(report_.accesses[0].stack, {});
    to_.end_array();
    if (report_.accesses.size() > 1) {
      to_.key("relatedLocations").begin_array();
      add_location(report_.accesses[1].stack, "Previous " + sentence(report_.accesses[1]));
      to_.end_array();
    }
    add_stacks();
    to_.key("fingerprints").begin_object();
    to_.member("voleRaceId/v1", race_id_text(report_.id)).end_object();
    to_.key("suppressions").begin_array();
    if (report_.is_suppressed) {
      to_.begin_object().member("kind", "external");
      to_.member_unless_empty("justification", report_.reason).end_object();
    }
    to_.end_array().key("properties").begin_object().key("notes").begin_array();
    for (const std::string& note : report_.notes) to_.value(note);
    to_.end_array().end_object().end_object();
    return to_.take();
  }

 private:
  // "write of 4 bytes by goroutine 7"
  std::string sentence(const race_access& access) const {
    std::string text = access.what;
    if (access.size != 0)
      text += " of " + std::to_string(access.size) + (access.size == 1 ? " byte" : " bytes");
    return text + " by " + race_actor_name(report_.actors.at(access.actor));
  }

  std::string summary() const {
    std::string text = report_.message.empty() ? "Data race" : "Misuse: " + report_.message;
    const std::string& place = report_.location.name;
    if (!place.empty()) text += " on '" + place + "'";
    for (std::size_t i = 0; i < report_.accesses.size(); ++i)
      text += (i == 0 ? ": " : "; previous ") + sentence(report_.accesses[i]);
    return text + " (id " + race_id_text(report_.id) + ")";
  }

  void add_place(const race_frame& frame) {
    if (!frame.file.empty()) {
      std::string_view file = frame.file;
      if (!strip_prefix_.empty() && file.starts_with(strip_prefix_))
        file.remove_prefix(strip_prefix_.size());
      to_.key("physicalLocation").begin_object().key("artifactLocation").begin_object();
      to_.member("uri", uri_of(file)).end_object();
      if (frame.line > 0)
        to_.key("region").begin_object().member("startLine", frame.line).end_object();
      to_.end_object();
    }
    to_.key("logicalLocations").begin_array().begin_object();
    to_.member("fullyQualifiedName", frame.function).member("kind", "function");
    to_.end_object().end_array();
  }

  void add_location(const race_stack& stack, const std::string& message) {
    if (stack.empty()) return;
    to_.begin_object();
    add_place(stack.front());
    if (!message.empty()) to_.key("message").begin_object().member("text", message).end_object();
    to_.end_object();
  }

  void add_stack(const race_stack& stack, const std::string& message) {
    to_.begin_object().key("message").begin_object().member("text", message).end_object();
    to_.key("frames").begin_array();
    for (const race_frame& frame : stack) {
      to_.begin_object().key("location").begin_object();
      add_place(frame);
      to_.end_object().end_object();
    }
    to_.end_array().end_object();
  }

  void add_stacks() {
    to_.key("stacks").begin_array();
    for (const race_access& access : report_.accesses) {
      add_stack(access.stack, sentence(access));
      for (const race_lock& lock : access.locks) {
        const std::string name = lock.name.empty() ? "a lock" : "'" + lock.name + "'";
        add_stack(lock.locked_at, race_actor_name(report_.actors.at(access.actor)) + " holds " +
                                      name + ", locked here");
      }
    }
    for (const race_actor& actor : report_.actors) {
      if (!actor.created_at.empty())
        add_stack(actor.created_at, race_actor_name(actor) + " created here");
    }
    to_.end_array();
  }

  const race_report& report_;
  const std::string_view strip_prefix_;
  json_writer to_;
};

}  // namespace

std::string race_sarif_head() {
  json_writer to;
  to.begin_object().member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  to.member("version", "2.1.0").key("runs").begin_array().begin_object();
  to.key("tool").begin_object().key("driver").begin_object().member("name", "vole race");
  to.key("rules").begin_array();
  to.begin_object().member("id", "data-race").key("shortDescription").begin_object();
  to.member("text", "Two accesses to the same memory, one of them a write, that nothing orders");
  to.end_object().end_object();
  to.begin_object().member("id", "misuse").key("shortDescription").begin_object();
  to.member("text", "A channel, lock or group used against its rules").end_object().end_object();
  to.end_array().end_object().end_object();
  to.member("columnKind", "unicodeCodePoints").key("results").begin_array();
  return to.take() + "\n";
}

std::string race_sarif_result(const race_report& report, std::string_view strip_prefix) {
  return sarif_result(report, strip_prefix).write();
}

}  // namespace vole::format
