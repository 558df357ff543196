// SPDX-License-Identifier: Apache-2.0
// Estimates how long a courier takes from one district to another; remembers what it has answered.
#pragma once

#include <vole/sync.h>

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "town.h"

namespace dispatch {

class route_book {
 public:
  // With `scan` the book ignores its index: the planted hot spot.
  route_book(const std::vector<route>& routes, bool scan);

  // Minutes by the direct route or by the best one over a third district, whichever is less.
  // Any goroutine may ask. Throws std::out_of_range if the two are not connected.
  int estimate(const std::string& from, const std::string& to);

  // Traffic has changed: forgets all estimates.
  void forget();

 private:
  int best_by_index(const std::string& from, const std::string& to) const;
  int best_by_scan(const std::string& from, const std::string& to) const;

  using legs = std::unordered_map<std::string, int>;
  const std::vector<route>& routes_;
  const bool scan_;
  std::unordered_map<std::string, legs> index_;  // from -> to -> minutes; never changes
  vole::shared_mutex lock_;                      // guards known_
  std::map<std::pair<std::string, std::string>, int> known_;
};

}  // namespace dispatch
