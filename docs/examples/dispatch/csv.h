// SPDX-License-Identifier: Apache-2.0
// Reads a comma-separated file whose first line names the columns; says where a bad one is wrong.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch {

// what() reads "parcels.csv:17: weight_kg: expected a number above 0, found "abc"".
struct csv_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One line of the file. Reading a field that does not fit throws csv_error.
class csv_row {
 public:
  csv_row(std::string where, const std::vector<std::string>& columns,
          std::vector<std::string> fields)
      : where_(std::move(where)), columns_(&columns), fields_(std::move(fields)) {}

  const std::string& text(std::size_t column) const;  // not empty
  int whole_number(std::size_t column) const;         // 0 or more
  double number(std::size_t column) const;            // above 0
  [[noreturn]] void fail(std::size_t column, std::string_view expected) const;

 private:
  std::string where_;  // file:line
  const std::vector<std::string>* columns_;
  std::vector<std::string> fields_;
};

class csv_file {
 public:
  // Reads the file whole. Its first line has to be exactly `columns`; each further line has as many
  // fields. Throws csv_error. No quoting: none of our files has a comma in a field.
  csv_file(const std::filesystem::path& path, std::vector<std::string> columns);

  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }

 private:
  std::vector<std::string> columns_;
  std::vector<csv_row> rows_;  // their columns_ points to ours, hence no copies of a file
  csv_file(const csv_file&) = delete;
};

}  // namespace dispatch
