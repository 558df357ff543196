// SPDX-License-Identifier: Apache-2.0
// Splits lines into fields and turns fields into values, or throws with file, line and expectation.
#include "csv.h"

#include <charconv>
#include <cstring>
#include <fstream>

namespace dispatch {
namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::size_t start = 0;
  for (std::size_t comma; (comma = line.find(',', start)) != std::string::npos; start = comma + 1) {
    fields.push_back(line.substr(start, comma - start));
  }
  fields.push_back(line.substr(start));
  return fields;
}

std::string join(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) line += (line.empty() ? "" : ",") + field;
  return line;
}

template <class T>
bool parse(const std::string& field, T& value) {
  const char* end = field.data() + field.size();
  auto [stop, error] = std::from_chars(field.data(), end, value);
  return error == std::errc() && stop == end;
}

}  // namespace

const std::string& csv_row::text(std::size_t column) const {
  if (fields_[column].empty()) fail(column, "a text");
  return fields_[column];
}

int csv_row::whole_number(std::size_t column) const {
  int value = 0;
  if (!parse(fields_[column], value) || value < 0) fail(column, "a whole number, 0 or more");
  return value;
}

double csv_row::number(std::size_t column) const {
  double value = 0;
  if (!parse(fields_[column], value) || !(value > 0)) fail(column, "a number above 0");
  return value;
}

void csv_row::fail(std::size_t column, std::string_view expected) const {
  throw csv_error(where_ + ": " + (*columns_)[column] + ": expected " + std::string(expected) +
                  ", found \"" + fields_[column] + "\"");
}

csv_file::csv_file(const std::filesystem::path& path, std::vector<std::string> columns)
    : columns_(std::move(columns)) {
  std::ifstream in(path);
  if (!in) throw csv_error(path.string() + ": cannot be opened: " + std::strerror(errno));
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::string where = path.string() + ":" + std::to_string(number);
    if (number == 1) {
      if (split(line) != columns_) {
        throw csv_error(where + ": expected the header \"" + join(columns_) + "\", found \"" +
                        line + "\"");
      }
      continue;
    }
    std::vector<std::string> fields = split(line);
    if (fields.size() != columns_.size()) {
      throw csv_error(where + ": expected " + std::to_string(columns_.size()) + " fields (" +
                      join(columns_) + "), found " + std::to_string(fields.size()));
    }
    rows_.emplace_back(std::move(where), columns_, std::move(fields));
  }
  if (in.bad()) throw csv_error(path.string() + ": cannot be read: " + std::strerror(errno));
  if (rows_.empty()) throw csv_error(path.string() + ":2: expected at least one line of data");
}

}  // namespace dispatch
