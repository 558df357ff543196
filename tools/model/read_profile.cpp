// SPDX-License-Identifier: Apache-2.0
// Reads a pprof file: gunzip, protobuf, validity.
#include "model/read_profile.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <unordered_set>

#include "format/gzip.h"
#include "model/labels.h"
#include "model/wire_check.h"
#include "profile.pb.h"

namespace vole::model {
namespace {

// What protobuf can hold in one message. A .pb.gz that inflates to more is refused, not read.
constexpr std::size_t kInflatedBytesMax = 0x7fffffff;

// Turns the wire message into the model; remembers the first string index that points nowhere.
class converter {
 public:
  explicit converter(const wire::Profile& in) : in_(in) {}

  base::result<format::profile> run() {
    ids_.reserve(static_cast<std::size_t>(in_.string_table_size()));
    for (const std::string& text : in_.string_table()) ids_.push_back(out_.strings.intern(text));
    if (ids_.empty()) ids_.push_back(format::kEmptyString);
    convert_header();
    convert_tables();
    out_.samples.reserve(static_cast<std::size_t>(in_.sample_size()));
    for (const wire::Sample& s : in_.sample()) convert_sample(s);
    if (!fault_.empty()) return base::error{fault_};
    if (std::string fault = format::check_profile(out_); !fault.empty()) {
      return base::error{"malformed profile: " + fault};
    }
    return std::move(out_);
  }

 private:
  format::string_id text(std::int64_t index, const char* field) {
    if (index >= 0 && static_cast<std::size_t>(index) < ids_.size()) {
      return ids_[static_cast<std::size_t>(index)];
    }
    if (fault_.empty()) {
      fault_ = std::string("malformed profile: ") + field + ": string index " +
               std::to_string(index) + ", expected 0 to " + std::to_string(ids_.size() - 1);
    }
    return format::kEmptyString;
  }

  format::value_type convert_type(const wire::ValueType& type) {
    return {text(type.type(), "ValueType.type"), text(type.unit(), "ValueType.unit")};
  }

  void convert_header() {
    for (const wire::ValueType& type : in_.sample_type()) {
      out_.sample_types.push_back(convert_type(type));
    }
    out_.period_type = convert_type(in_.period_type());
    out_.period = in_.period();
    out_.time_nanos = in_.time_nanos();
    out_.duration_nanos = in_.duration_nanos();
    out_.drop_frames = text(in_.drop_frames(), "Profile.drop_frames");
    out_.keep_frames = text(in_.keep_frames(), "Profile.keep_frames");
    out_.default_sample_type = text(in_.default_sample_type(), "Profile.default_sample_type");
    out_.doc_url = text(in_.doc_url(), "Profile.doc_url");
    for (std::int64_t comment : in_.comment()) {
      out_.comments.push_back(text(comment, "Profile.comment"));
    }
  }

  void convert_tables() {
    std::unordered_set<std::uint64_t> mapping_ids;
    for (const wire::Mapping& m : in_.mapping()) {
      mapping_ids.insert(m.id());
      out_.mappings.push_back({.id = m.id(),
                               .memory_start = m.memory_start(),
                               .memory_limit = m.memory_limit(),
                               .file_offset = m.file_offset(),
                               .filename = text(m.filename(), "Mapping.filename"),
                               .build_id = text(m.build_id(), "Mapping.build_id"),
                               .has_functions = m.has_functions(),
                               .has_filenames = m.has_filenames(),
                               .has_line_numbers = m.has_line_numbers(),
                               .has_inline_frames = m.has_inline_frames()});
    }
    for (const wire::Function& f : in_.function()) {
      out_.functions.push_back({.id = f.id(),
                                .name = text(f.name(), "Function.name"),
                                .system_name = text(f.system_name(), "Function.system_name"),
                                .filename = text(f.filename(), "Function.filename"),
                                .start_line = f.start_line()});
    }
    for (const wire::Location& l : in_.location()) {
      format::location& location = out_.locations.emplace_back();
      location.id = l.id();
      // As Go reads it: a mapping that is not there is an unknown mapping, not an error.
      location.mapping_id = mapping_ids.contains(l.mapping_id()) ? l.mapping_id() : 0;
      location.address = l.address();
      location.is_folded = l.is_folded();
      for (const wire::Line& line : l.line()) {
        location.lines.push_back({line.function_id(), line.line(), line.column()});
      }
    }
  }

  void convert_sample(const wire::Sample& s) {
    format::sample& sample = out_.samples.emplace_back();
    sample.location_ids.assign(s.location_id().begin(), s.location_id().end());
    sample.values.assign(s.value().begin(), s.value().end());
    for (const wire::Label& l : s.label()) {
      format::label label{.key = text(l.key(), "Label.key"),
                          .str = text(l.str(), "Label.str"),
                          .num = l.num(),
                          .num_unit = text(l.num_unit(), "Label.num_unit")};
      if (l.str() != 0) {
        label.num = 0;
        label.num_unit = format::kEmptyString;
      }
      const bool carries = label.str != format::kEmptyString || label.num != 0 ||
                           label.num_unit != format::kEmptyString;
      if (carries) insert_label(sample.labels, label);
    }
  }

  // Keeps the order: texts before numbers, each by key, equal keys as they came.
  void insert_label(std::vector<format::label>& labels, const format::label& l) {
    const auto place = std::upper_bound(labels.begin(), labels.end(), l, [this](auto& a, auto& b) {
      if (is_number(a) != is_number(b)) return is_number(b);
      return a.key != b.key && out_.text(a.key) < out_.text(b.key);
    });
    labels.insert(place, l);
  }

  const wire::Profile& in_;
  format::profile out_;
  std::vector<format::string_id> ids_;  // of the wire's string indices
  std::string fault_;
};

}  // namespace

base::result<format::profile> decode_profile(std::string_view bytes, const std::string& name) {
  std::string inflated;
  if (format::is_gzip(bytes)) {
    base::result<std::string> unpacked = format::gzip_decompress(bytes, kInflatedBytesMax);
    if (!unpacked) return unpacked.failure(name);
    inflated = *std::move(unpacked);
    bytes = inflated;
  }
  if (bytes.size() > kInflatedBytesMax) {
    return base::error{name + ": " + std::to_string(bytes.size()) + " bytes, expected at most " +
                       std::to_string(kInflatedBytesMax)};
  }
  if (std::string fault = check_wire(bytes); !fault.empty()) {
    return base::error{name + ": not a profile: " + fault};
  }
  google::protobuf::Arena arena;
  auto* message = google::protobuf::Arena::CreateMessage<wire::Profile>(&arena);
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return base::error{name + ": not a profile: libprotobuf cannot parse it"};
  }
  base::result<format::profile> profile = converter(*message).run();
  if (!profile) return profile.failure(name);
  return profile;
}

base::result<format::profile> read_profile_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::error{"open " + path + ": " + std::strerror(errno)};
  std::ostringstream bytes;
  errno = 0;
  bytes << file.rdbuf();
  if (file.bad() || (bytes.fail() && errno != 0)) {
    return base::error{"read " + path + ": " + std::strerror(errno)};
  }
  return decode_profile(std::move(bytes).str(), path);
}

}  // namespace vole::model
