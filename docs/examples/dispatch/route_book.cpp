// SPDX-License-Identifier: Apache-2.0
// The estimate, with the index and (for --bug=hotspot) without, behind a cache of answers.
#include "route_book.h"

#include <algorithm>
#include <climits>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>

namespace dispatch {

route_book::route_book(const std::vector<route>& routes, bool scan) : routes_(routes), scan_(scan) {
  for (const route& r : routes_) index_[r.from][r.to] = r.minutes;
}

int route_book::estimate(const std::string& from, const std::string& to) {
  const std::pair key(from, to);
  {
    std::shared_lock reading(lock_);
    if (auto found = known_.find(key); found != known_.end()) return found->second;
  }
  const int minutes = scan_ ? best_by_scan(from, to) : best_by_index(from, to);
  if (minutes == INT_MAX) throw std::out_of_range("no route from " + from + " to " + to);
  std::unique_lock writing(lock_);
  return known_.emplace(key, minutes).first->second;
}

void route_book::forget() {
  std::unique_lock writing(lock_);
  known_.clear();
}

int route_book::best_by_index(const std::string& from, const std::string& to) const {
  int best = INT_MAX;
  const auto starts = index_.find(from);
  if (starts == index_.end()) return best;
  for (const auto& [middle, first_leg] : starts->second) {
    if (middle == to) best = std::min(best, first_leg);
    const auto onward = index_.find(middle);
    if (onward == index_.end()) continue;
    const auto second_leg = onward->second.find(to);
    if (second_leg == onward->second.end()) continue;
    best = std::min(best, first_leg + second_leg->second);
  }
  return best;
}

// Every route against every route, by name: what the index is there to avoid.
int route_book::best_by_scan(const std::string& from, const std::string& to) const {
  int best = INT_MAX;
  for (const route& first : routes_) {
    if (first.from != from) continue;
    if (first.to == to) best = std::min(best, first.minutes);
    for (const route& second : routes_) {
      if (second.from == first.to && second.to == to) {
        best = std::min(best, first.minutes + second.minutes);
      }
    }
  }
  return best;
}

}  // namespace dispatch
