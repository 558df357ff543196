// SPDX-License-Identifier: Apache-2.0
// The dispatch service: takes the scans of all depots and gives each parcel a courier.
#pragma once

#include <vole/chan.h>
#include <vole/context.h>

#include <cstdint>
#include <vector>

#include "route_book.h"
#include "town.h"

namespace dispatch {

enum class bug { none, race, leak, hotspot };

struct settings {
  int workers = 8;
  vole::duration request_limit = std::chrono::milliseconds(300);
  bug planted = bug::none;
};

struct delivery {
  const parcel* what = nullptr;
  const courier* who = nullptr;  // null: the request timed out
  int minutes = 0;
};

// The same for the same files, whatever the number of workers and processors.
struct summary {
  std::size_t parcels = 0, couriers = 0;  // couriers that were given at least one parcel
  std::size_t delivered = 0, timeouts = 0;
  double mean_minutes = 0;
  std::uint64_t checksum = 0;
};

class service {
 public:
  service(const town& where, settings how);

  // Handles every parcel of the town once and waits for the end. One run at a time.
  summary run();

 private:
  using scans = vole::recv_chan<const parcel*>;

  scans scan_depots() const;
  delivery handle(const parcel& p);
  void clear_customs(const vole::context& request, const parcel& p) const;
  const courier& choose_courier(const parcel& p) const;
  void count_delivered(const std::vector<delivery>& all);
  summary sum_up(std::vector<delivery> all);

  const town& town_;
  const settings settings_;
  route_book book_;
  vole::mutex count_lock_;     // guards delivered_, or should
  std::size_t delivered_ = 0;  // of the run under way
};

}  // namespace dispatch
