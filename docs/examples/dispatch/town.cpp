// SPDX-License-Identifier: Apache-2.0
// Loads the three files and checks that they fit one another.
#include "town.h"

#include "csv.h"

namespace dispatch {

std::size_t town::courier_count() const {
  std::size_t count = 0;
  for (const auto& [district, home] : couriers) count += home.size();
  return count;
}

town load_town(const std::filesystem::path& folder) {
  town result;
  for (const csv_row& row :
       csv_file(folder / "couriers.csv", {"id", "name", "district", "vehicle", "limit_kg"})) {
    result.couriers[row.text(2)].push_back(
        {row.whole_number(0), row.text(1), row.text(3), row.number(4)});
  }
  const auto known = [&](const csv_row& row, std::size_t column) {
    if (!result.couriers.contains(row.text(column))) row.fail(column, "a district with a courier");
    return row.text(column);
  };
  for (const csv_row& row : csv_file(folder / "routes.csv", {"from", "to", "km", "minutes"})) {
    row.number(2);
    result.routes.push_back({known(row, 0), known(row, 1), row.whole_number(3)});
  }
  for (const csv_row& row :
       csv_file(folder / "parcels.csv", {"id", "depot", "from", "to", "weight_kg", "customs"})) {
    if (row.text(5) != "clear" && row.text(5) != "held") row.fail(5, "clear or held");
    result.parcels.push_back({row.whole_number(0), row.text(1), known(row, 2), known(row, 3),
                              row.number(4), row.text(5) == "held"});
  }
  return result;
}

}  // namespace dispatch
