// SPDX-License-Identifier: Apache-2.0
// Says where the bytes of a profile leave the rules of the protobuf encoding: a walk along a table
// of the schema.
#include "model/wire_check.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vole::model {
namespace {

constexpr int kVarintBytesMax = 10;

enum class kind { scalar, scalars, text, message };

struct message_type;
struct field {
  std::uint32_t number;
  const char* name;
  kind type;
  const message_type* inner = nullptr;
};
struct message_type {
  std::span<const field> fields;
};

constexpr field kValueTypeFields[] = {{1, "type", kind::scalar}, {2, "unit", kind::scalar}};
constexpr message_type kValueType = {kValueTypeFields};
constexpr field kLabelFields[] = {{1, "key", kind::scalar},
                                  {2, "str", kind::scalar},
                                  {3, "num", kind::scalar},
                                  {4, "num_unit", kind::scalar}};
constexpr message_type kLabel = {kLabelFields};
constexpr field kSampleFields[] = {{1, "location_id", kind::scalars},
                                   {2, "value", kind::scalars},
                                   {3, "label", kind::message, &kLabel}};
constexpr message_type kSample = {kSampleFields};
constexpr field kMappingFields[] = {{1, "id", kind::scalar},
                                    {2, "memory_start", kind::scalar},
                                    {3, "memory_limit", kind::scalar},
                                    {4, "file_offset", kind::scalar},
                                    {5, "filename", kind::scalar},
                                    {6, "build_id", kind::scalar},
                                    {7, "has_functions", kind::scalar},
                                    {8, "has_filenames", kind::scalar},
                                    {9, "has_line_numbers", kind::scalar},
                                    {10, "has_inline_frames", kind::scalar}};
constexpr message_type kMapping = {kMappingFields};
constexpr field kLineFields[] = {
    {1, "function_id", kind::scalar}, {2, "line", kind::scalar}, {3, "column", kind::scalar}};
constexpr message_type kLine = {kLineFields};
constexpr field kLocationFields[] = {{1, "id", kind::scalar},
                                     {2, "mapping_id", kind::scalar},
                                     {3, "address", kind::scalar},
                                     {4, "line", kind::message, &kLine},
                                     {5, "is_folded", kind::scalar}};
constexpr message_type kLocation = {kLocationFields};
constexpr field kFunctionFields[] = {{1, "id", kind::scalar},
                                     {2, "name", kind::scalar},
                                     {3, "system_name", kind::scalar},
                                     {4, "filename", kind::scalar},
                                     {5, "start_line", kind::scalar}};
constexpr message_type kFunction = {kFunctionFields};
constexpr std::uint32_t kStringTable = 6;
constexpr std::uint32_t kTimeNanos = 9;
constexpr field kProfileFields[] = {{1, "sample_type", kind::message, &kValueType},
                                    {2, "sample", kind::message, &kSample},
                                    {3, "mapping", kind::message, &kMapping},
                                    {4, "location", kind::message, &kLocation},
                                    {5, "function", kind::message, &kFunction},
                                    {kStringTable, "string_table", kind::text},
                                    {7, "drop_frames", kind::scalar},
                                    {8, "keep_frames", kind::scalar},
                                    {kTimeNanos, "time_nanos", kind::scalar},
                                    {10, "duration_nanos", kind::scalar},
                                    {11, "period_type", kind::message, &kValueType},
                                    {12, "period", kind::scalar},
                                    {13, "comment", kind::scalars},
                                    {14, "default_sample_type", kind::scalar},
                                    {15, "doc_url", kind::scalar}};
constexpr message_type kProfile = {kProfileFields};

class walker {
 public:
  explicit walker(std::string_view bytes) : bytes_(bytes) {}

  std::string run() {
    if (bytes_.empty()) return "the file is empty, expected a profile";
    if (walk(kProfile, bytes_.size())) return {};
    std::string where = "Profile";
    for (const std::string& part : path_) where += "." + part;
    return "offset " + std::to_string(fault_offset_) + ": " + where + ": " + fault_;
  }

 private:
  bool fail(std::size_t offset, std::string what) {
    fault_offset_ = offset;
    fault_ = std::move(what);
    return false;
  }

  bool read_varint(std::size_t end, std::uint64_t& value) {
    const std::size_t start = position_;
    value = 0;
    for (int i = 0; i < kVarintBytesMax; ++i) {
      if (position_ >= end) return fail(start, "bad varint: the data ends inside it");
      const auto byte = static_cast<unsigned char>(bytes_[position_++]);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
      if ((byte & 0x80) == 0) return true;
    }
    return fail(start, "bad varint: longer than 10 bytes");
  }

  bool read_length(std::size_t end, std::size_t& payload_end) {
    const std::size_t start = position_;
    std::uint64_t length = 0;
    if (!read_varint(end, length)) return false;
    if (length > end - position_) {
      return fail(start, "says " + std::to_string(length) + " bytes follow, but only " +
                             std::to_string(end - position_) + " are left");
    }
    payload_end = position_ + static_cast<std::size_t>(length);
    return true;
  }

  bool walk(const message_type& type, std::size_t end) {
    std::vector<std::uint32_t> seen(type.fields.size());
    while (position_ < end) {
      const std::size_t start = position_;
      std::uint64_t tag = 0;
      if (!read_varint(end, tag)) return false;
      if ((tag >> 3) == 0) return fail(start, "field number 0, expected 1 or more");
      if (tag > UINT32_MAX)
        return fail(start, "field number too large: " + std::to_string(tag >> 3));
      const auto number = static_cast<std::uint32_t>(tag >> 3);
      const auto wire_type = static_cast<unsigned>(tag & 7);
      std::size_t i = 0;
      while (i < type.fields.size() && type.fields[i].number != number) ++i;
      if (i == type.fields.size()) {
        if (!skip(start, wire_type, end)) return false;
        continue;
      }
      const field& known = type.fields[i];
      const bool ok = &type == &kProfile && !check_once(known, start, seen[i])
                          ? false
                          : walk_field(known, start, wire_type, end);
      if (!ok) {
        std::string name = known.name;
        if (known.type == kind::message) name += "[" + std::to_string(seen[i]) + "]";
        path_.insert(path_.begin(), std::move(name));
        return false;
      }
      ++seen[i];
    }
    return true;
  }

  bool check_once(const field& known, std::size_t start, std::uint32_t seen) {
    if (known.number != kTimeNanos || seen == 0) return true;
    return fail(start, "occurs twice: concatenated profiles?");
  }

  bool walk_field(const field& known, std::size_t start, unsigned wire_type, std::size_t end) {
    const bool length_delimited = wire_type == 2;
    const bool wants_length = known.type == kind::text || known.type == kind::message;
    const bool fits =
        length_delimited ? known.type != kind::scalar : wire_type == 0 && !wants_length;
    if (!fits) {
      return fail(start, "wire type " + std::to_string(wire_type) + ", expected " +
                             (wants_length ? "2 (length-delimited)" : "0 (varint)"));
    }
    if (!length_delimited) {
      std::uint64_t value = 0;
      return read_varint(end, value);
    }
    std::size_t payload_end = 0;
    if (!read_length(end, payload_end)) return false;
    if (known.type == kind::message) return walk(*known.inner, payload_end);
    if (known.type == kind::scalars) {
      std::uint64_t value = 0;
      while (position_ < payload_end) {
        if (!read_varint(payload_end, value)) return false;
      }
      return true;
    }
    if (known.number == kStringTable && !first_string_seen_) {
      first_string_seen_ = true;
      if (payload_end != position_) return fail(start, "entry 0 is not empty, expected \"\"");
    }
    position_ = payload_end;
    return true;
  }

  bool skip(std::size_t start, unsigned wire_type, std::size_t end) {
    std::uint64_t value = 0;
    std::size_t payload_end = 0;
    switch (wire_type) {
      case 0:
        return read_varint(end, value);
      case 2:
        if (!read_length(end, payload_end)) return false;
        position_ = payload_end;
        return true;
      case 1:
      case 5: {
        const std::size_t width = wire_type == 1 ? 8 : 4;
        if (end - position_ < width) return fail(start, "not enough data for a fixed-width field");
        position_ += width;
        return true;
      }
      default:
        return fail(start, "unknown wire type " + std::to_string(wire_type));
    }
  }

  std::string_view bytes_;
  std::size_t position_ = 0;
  bool first_string_seen_ = false;
  std::vector<std::string> path_;  // filled from the inside out while a failure returns
  std::size_t fault_offset_ = 0;
  std::string fault_;
};

}  // namespace

std::string check_wire(std::string_view bytes) { return walker(bytes).run(); }

}  // namespace vole::model
