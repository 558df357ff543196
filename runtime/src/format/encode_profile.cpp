// SPDX-License-Identifier: Apache-2.0
// Writes a profile in the pprof file format, with protozero: no generated code and no library in
// the user's program.
//
// The order is that of Go's runtime: types, samples, mappings, locations, functions, scalars, and
// the strings last, so that a reader which streams meets the same layout from either.
#include "format/encode_profile.h"

#include <protozero/pbf_writer.hpp>

#include "format/gzip.h"

namespace vole::format {
namespace {

using protozero::pbf_writer;
using tag = protozero::pbf_tag_type;

// Proto3 leaves a field out that has its default value.
void put_int(pbf_writer& out, tag field, std::int64_t value) {
  if (value != 0) out.add_int64(field, value);
}
void put_uint(pbf_writer& out, tag field, std::uint64_t value) {
  if (value != 0) out.add_uint64(field, value);
}
void put_bool(pbf_writer& out, tag field, bool value) {
  if (value) out.add_bool(field, true);
}

void put_value_type(pbf_writer& out, tag field, const value_type& type) {
  pbf_writer message(out, field);
  put_int(message, 1, type.type);
  put_int(message, 2, type.unit);
}

void put_sample(pbf_writer& out, const sample& s) {
  pbf_writer message(out, 2);
  message.add_packed_uint64(1, s.location_ids.begin(), s.location_ids.end());
  message.add_packed_int64(2, s.values.begin(), s.values.end());
  for (const label& l : s.labels) {
    pbf_writer entry(message, 3);
    put_int(entry, 1, l.key);
    put_int(entry, 2, l.str);
    put_int(entry, 3, l.num);
    put_int(entry, 4, l.num_unit);
  }
}

void put_mapping(pbf_writer& out, const mapping& m) {
  pbf_writer message(out, 3);
  put_uint(message, 1, m.id);
  put_uint(message, 2, m.memory_start);
  put_uint(message, 3, m.memory_limit);
  put_uint(message, 4, m.file_offset);
  put_int(message, 5, m.filename);
  put_int(message, 6, m.build_id);
  put_bool(message, 7, m.has_functions);
  put_bool(message, 8, m.has_filenames);
  put_bool(message, 9, m.has_line_numbers);
  put_bool(message, 10, m.has_inline_frames);
}

void put_location(pbf_writer& out, const location& l) {
  pbf_writer message(out, 4);
  put_uint(message, 1, l.id);
  put_uint(message, 2, l.mapping_id);
  put_uint(message, 3, l.address);
  for (const line& frame : l.lines) {
    pbf_writer entry(message, 4);
    put_uint(entry, 1, frame.function_id);
    put_int(entry, 2, frame.number);
    put_int(entry, 3, frame.column);
  }
  put_bool(message, 5, l.is_folded);
}

void put_function(pbf_writer& out, const function& f) {
  pbf_writer message(out, 5);
  put_uint(message, 1, f.id);
  put_int(message, 2, f.name);
  put_int(message, 3, f.system_name);
  put_int(message, 4, f.filename);
  put_int(message, 5, f.start_line);
}

}  // namespace

std::string encode_profile(const profile& p) {
  std::string bytes;
  pbf_writer out(bytes);
  for (const value_type& type : p.sample_types) put_value_type(out, 1, type);
  for (const sample& s : p.samples) put_sample(out, s);
  for (const mapping& m : p.mappings) put_mapping(out, m);
  for (const location& l : p.locations) put_location(out, l);
  for (const function& f : p.functions) put_function(out, f);
  put_int(out, 7, p.drop_frames);
  put_int(out, 8, p.keep_frames);
  put_int(out, 9, p.time_nanos);
  put_int(out, 10, p.duration_nanos);
  if (p.period_type) put_value_type(out, 11, *p.period_type);
  put_int(out, 12, p.period);
  out.add_packed_int64(13, p.comments.begin(), p.comments.end());
  put_int(out, 14, p.default_sample_type);
  put_int(out, 15, p.doc_url);
  for (std::size_t i = 0; i < p.strings.size(); ++i) {
    const std::string_view text = p.strings[static_cast<string_id>(i)];
    out.add_string(6, text.data(), text.size());
  }
  return bytes;
}

std::string encode_profile_gzip(const profile& p, int level) {
  return gzip_compress(encode_profile(p), level);
}

}  // namespace vole::format
