// SPDX-License-Identifier: Apache-2.0
// What the service knows before it starts: parcels, couriers and routes, read from three files.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dispatch {

struct parcel {
  int id = 0;
  std::string depot, from, to;  // from and to are districts
  double weight_kg = 0;
  bool held = false;  // customs wants to see papers first
};

struct courier {
  int id = 0;
  std::string name, vehicle;
  double limit_kg = 0;
};

struct route {
  std::string from, to;
  int minutes = 0;
};

struct town {
  std::vector<parcel> parcels;
  std::map<std::string, std::vector<courier>> couriers;  // by home district, in order of the file
  std::vector<route> routes;                             // direct ones only

  std::size_t courier_count() const;
};

// Reads parcels.csv, couriers.csv and routes.csv. Throws csv_error.
town load_town(const std::filesystem::path& folder);

}  // namespace dispatch
