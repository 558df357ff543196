// SPDX-License-Identifier: Apache-2.0
// A report of the race detector as data: what the runtime finds out, what its text, JSON and SARIF
// forms say, and what `vole race` reads back.
//
// docs/race-report.schema.json describes the JSON form; docs/RACE_DETECTOR.md how to read it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vole::format {

struct race_frame {
  std::string function;  // without parameters; "0x..." where nobody knows a name
  std::string file;      // empty: unknown
  int line = 0;
  std::uint64_t offset = 0;  // of the return address in the physical function
  bool operator==(const race_frame&) const = default;
};
using race_stack = std::vector<race_frame>;  // innermost first

struct race_lock {
  std::uint64_t address = 0;
  std::string name;  // of the variable that it is; empty: not a global
  bool is_shared = false;
  race_stack locked_at;  // the innermost frames
  bool operator==(const race_lock&) const = default;
};

// A goroutine, or a thread that never used the runtime.
struct race_actor {
  std::uint64_t goroutine = 0;  // 0: none
  std::uint64_t thread = 0;     // numbered by first appearance; 0: not a thread of its own
  bool is_main = false;
  std::string name;   // given to vole::spawn
  std::string state;  // "running", "finished", "chan receive", ...
  race_stack created_at;
  std::int64_t creator = -1;  // index in race_report::actors; -1: unknown, or not said
  bool operator==(const race_actor&) const = default;
};

struct race_access {
  std::string what;  // "read", "write", "atomic read", "atomic write", or what a misuse did
  std::uint64_t address = 0;
  std::uint64_t size = 0;   // bytes; 0 for a misuse
  std::uint64_t actor = 0;  // index in race_report::actors
  race_stack stack;
  std::vector<race_lock> locks;  // held then, outermost first
  bool are_locks_known = true;   // false: the list may lack some
  bool operator==(const race_access&) const = default;
};

struct race_location {
  std::string kind;  // "global", "heap", "stack", or empty: nothing is known
  std::string name;  // the variable's, with the member that was accessed: "stats.hits[3]"
  std::string type;  // of the whole variable
  std::uint64_t address = 0, size = 0, offset = 0;  // of the whole; of the access in it
  std::string file;                                 // where the variable is declared
  int line = 0;
  std::int64_t actor = -1;  // who allocated it, or whose stack it is
  std::string function;     // the frame on that stack
  race_stack allocated_at;
  bool operator==(const race_location&) const = default;
};

struct race_report {
  std::uint64_t id = 0;
  std::string kind;                   // "data race" or "misuse"
  std::string message;                // of a misuse, in the runtime's words; empty for a race
  std::vector<race_access> accesses;  // the one that was made last first; at most 2
  std::vector<race_actor> actors;     // those of the accesses, then their creators, then others
  race_location location;
  std::vector<std::string> notes;  // why nothing orders the two: whole sentences
  bool is_suppressed = false;
  std::string reason;         // why it is suppressed, as the file says; may be empty
  std::uint64_t occurrences = 1;  // reports of this id that it stands for
  std::uint64_t process = 0;      // that found it
  std::string program;        // path
  bool operator==(const race_report&) const = default;
};

inline constexpr int kRaceReportVersion = 1;  // of the JSON form

// Go's form, and what it leaves out after it. `strip_prefix` is left out of files that begin so.
std::string race_text(const race_report& report, std::string_view strip_prefix = {});

// One line of JSON with its newline: an object of docs/race-report.schema.json.
std::string race_json(const race_report& report);

// A whole SARIF 2.1.0 log is sarif_head() + results separated by "," + kSarifTail.
std::string race_sarif_head();
std::string race_sarif_result(const race_report& report, std::string_view strip_prefix = {});
inline constexpr std::string_view kRaceSarifTail = "\n]}]}\n";

// "main goroutine", "goroutine 7", "thread 2".
std::string race_actor_name(const race_actor& actor);
// 16 hexadecimal digits.
std::string race_id_text(std::uint64_t id);

}  // namespace vole::format
