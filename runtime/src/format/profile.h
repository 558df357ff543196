// SPDX-License-Identifier: Apache-2.0
// The plain data of a pprof profile, as the profiler fills it and the tools read it.
//
//   profile p;
//   p.sample_types = {{p.strings.intern("samples"), p.strings.intern("count")}};
//   p.functions.push_back({.id = 1, .name = p.strings.intern("main")});
//   p.locations.push_back({.id = 1, .address = 0x401000, .lines = {{.function_id = 1, .line =
//   7}}}); p.samples.push_back({.location_ids = {1}, .values = {3}}); out <<
//   encode_profile_gzip(p);                       // <format/encode_profile.h>
//
// Every text is a string_id into `strings`, which the profile owns: a repeated name costs four
// bytes. Nothing here checks anything; check_profile() does, before a writer writes and after a
// reader read. Follows the message definitions in profile.proto, whose comments say what a field
// means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vole::format {

using string_id = std::uint32_t;
inline constexpr string_id kEmptyString = 0;

// Interned texts; id 0 is always "". Views stay valid as long as the table lives, also across a
// move.
class string_table {
 public:
  string_table() { intern({}); }
  string_table(const string_table& other) : string_table() {
    for (const std::string& text : other.texts_) intern(text);
  }
  string_table& operator=(const string_table& other) {
    if (this != &other) *this = string_table(other);
    return *this;
  }
  // A moved-from table is only good for destruction and assignment.
  string_table(string_table&&) noexcept = default;
  string_table& operator=(string_table&&) noexcept = default;
  ~string_table() = default;

  // The id of `text`, new or known. Amortised O(length).
  string_id intern(std::string_view text) {
    if (auto known = ids_.find(text); known != ids_.end()) return known->second;
    const auto id = static_cast<string_id>(texts_.size());
    ids_.emplace(texts_.emplace_back(text), id);
    return id;
  }
  std::string_view operator[](string_id id) const { return texts_[id]; }
  std::optional<string_id> find(std::string_view text) const {
    auto known = ids_.find(text);
    return known == ids_.end() ? std::nullopt : std::optional<string_id>(known->second);
  }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // a deque never moves its elements, which ids_ points into
  std::unordered_map<std::string_view, string_id> ids_;
};

struct value_type {
  string_id type = kEmptyString;
  string_id unit = kEmptyString;
  bool operator==(const value_type&) const = default;
};

// One key with either a text (`str`) or a number (`num`, `num_unit`). A number 0 without a unit and
// a text "" are lost on the way to Go's reader: give numbers a unit, leave empty texts out.
struct label {
  string_id key = kEmptyString;
  string_id str = kEmptyString;
  std::int64_t num = 0;
  string_id num_unit = kEmptyString;
  bool operator==(const label&) const = default;
};

struct sample {
  std::vector<std::uint64_t> location_ids;  // leaf first
  std::vector<std::int64_t> values;         // as many as profile::sample_types
  std::vector<label> labels;
};

// One mapped part of a file. mappings[0] is the main binary: tools take the title from it.
struct mapping {
  std::uint64_t id = 0;  // not 0
  std::uint64_t memory_start = 0;
  std::uint64_t memory_limit = 0;  // one past the end
  std::uint64_t file_offset = 0;
  string_id filename = kEmptyString;
  string_id build_id = kEmptyString;  // hex of the GNU note
  // Set only if every location of the mapping has it: readers then do not symbolize again.
  bool has_functions = false;
  bool has_filenames = false;
  bool has_line_numbers = false;
  bool has_inline_frames = false;
};

struct line {
  std::uint64_t function_id = 0;
  std::int64_t number = 0;  // from 1; 0: unknown
  std::int64_t column = 0;  // from 1; 0: unknown
  bool operator==(const line&) const = default;
};

struct location {
  std::uint64_t id = 0;          // not 0
  std::uint64_t mapping_id = 0;  // 0: unknown
  std::uint64_t address = 0;  // inside the call instruction: return address - 1, but for the leaf
  std::vector<line> lines;    // innermost inlined function first, the physical function last
  bool is_folded = false;
};

struct function {
  std::uint64_t id = 0;  // not 0
  string_id name = kEmptyString;
  string_id system_name = kEmptyString;  // mangled; the same as name where there is no other
  string_id filename = kEmptyString;
  std::int64_t start_line = 0;
};

struct profile {
  string_table strings;
  std::vector<value_type> sample_types;
  std::vector<sample> samples;
  std::vector<mapping> mappings;
  std::vector<location> locations;
  std::vector<function> functions;
  string_id drop_frames = kEmptyString;
  string_id keep_frames = kEmptyString;
  std::int64_t time_nanos = 0;  // UTC, start of the collection
  std::int64_t duration_nanos = 0;
  std::optional<value_type> period_type;
  std::int64_t period = 0;
  std::vector<string_id> comments;
  string_id default_sample_type = kEmptyString;  // a sample type's `type`; unset: the last one
  string_id doc_url = kEmptyString;

  std::string_view text(string_id id) const { return strings[id]; }
};

// Empty if the profile obeys the rules that Go's CheckValid demands: as many values as types in
// each sample, ids neither 0 nor given twice, every id that is named defined. Otherwise the first
// fault, in words.
std::string check_profile(const profile& p);

}  // namespace vole::format
