// SPDX-License-Identifier: Apache-2.0
// How a run works: depots -> one merged stream -> worker pool -> lookups of each request ->
// summary.
#include "service.h"

#include <vole/defer.h>
#include <vole/errgroup.h>
#include <vole/go.h>
#include <vole/select.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <system_error>
#include <utility>

namespace dispatch {
namespace {

// Forwards whatever any of the inputs has, until the last of them is closed.
void merge(std::vector<vole::recv_chan<const parcel*>> inputs, vole::send_chan<const parcel*> out) {
  while (!inputs.empty()) {
    std::optional<const parcel*> scan;
    std::vector<vole::select_case> cases;
    for (const auto& input : inputs) cases.push_back(vole::on_recv(input, scan));
    const std::size_t chosen = vole::select(std::span(cases));
    if (scan) {
      out.send(*scan);
    } else {
      inputs.erase(inputs.begin() + static_cast<std::ptrdiff_t>(chosen));
    }
  }
  out.close();
}

// The customs desk answers at once, unless it holds the parcel: then it answers too late.
bool ask_customs(const vole::context& request, bool is_held) {
  if (is_held) request.done().recv();
  return !is_held;
}

}  // namespace

service::service(const town& where, settings how)
    : town_(where), settings_(how), book_(where.routes, how.planted == bug::hotspot) {}

summary service::run() {
  book_.forget();
  const scans todo = scan_depots();
  const auto done = vole::make_chan<delivery>(64);
  vole::wait_group pool;
  for (int i = 0; i < settings_.workers; ++i) {
    pool.go([&] {
      for (const parcel* p : todo) done.send(handle(*p));
    });
  }
  vole::go([&pool, done] {
    pool.wait();
    done.close();
  });
  std::vector<delivery> all;
  for (const delivery& d : done) all.push_back(d);
  return sum_up(std::move(all));
}

// Each depot scans its own parcels; the result is the merged stream.
service::scans service::scan_depots() const {
  std::map<std::string, std::vector<const parcel*>> by_depot;
  for (const parcel& p : town_.parcels) by_depot[p.depot].push_back(&p);
  std::vector<scans> streams;
  for (auto& [depot, parcels] : by_depot) {
    const auto stream = vole::make_chan<const parcel*>();
    streams.push_back(stream);
    vole::go([stream, parcels = std::move(parcels)] {
      for (const parcel* p : parcels) stream.send(p);
      stream.close();
    });
  }
  const auto merged = vole::make_chan<const parcel*>(16);
  vole::go(merge, std::move(streams), vole::send_chan<const parcel*>(merged));
  return merged;
}

// One request: both lookups at once, under one deadline.
delivery service::handle(const parcel& p) {
  delivery result{&p, nullptr, 0};
  const auto [request, cancel] = vole::with_timeout(vole::background(), settings_.request_limit);
  auto [lookups, shared] = vole::errgroup::with_context(request);
  lookups.go([&, limit = shared] { clear_customs(limit, p); });
  lookups.go([&] { result.minutes = book_.estimate(p.from, p.to); });
  try {
    lookups.wait();
    result.who = &choose_courier(p);
  } catch (const std::system_error& error) {
    if (error.code() != vole::context_errc::deadline_exceeded) throw;
  }
  return result;
}

void service::clear_customs(const vole::context& request, const parcel& p) const {
  // Room for one answer: then the desk can leave it there when nobody waits any more. Without it
  // the desk's goroutine stands for ever in front of the request that gave up: the planted leak.
  // The desk gets its own copy of the question: it may still look at it when the town is gone.
  const auto answer = vole::make_chan<bool>(settings_.planted == bug::leak ? 0 : 1);
  vole::go([answer, request, held = p.held] { answer.send(ask_customs(request, held)); });
  vole::select(vole::on_recv(answer), vole::on_recv(request.done()));
  if (const std::error_code late = request.err()) throw std::system_error(late);
}

// The couriers of the parcel's district take turns by parcel number; too heavy goes to the next.
const courier& service::choose_courier(const parcel& p) const {
  const std::vector<courier>& home = town_.couriers.at(p.from);
  const std::size_t turn = static_cast<std::size_t>(p.id) % home.size();
  for (std::size_t i = 0; i < home.size(); ++i) {
    const courier& c = home[(turn + i) % home.size()];
    if (p.weight_kg <= c.limit_kg) return c;
  }
  throw std::out_of_range("no courier in " + p.from + " can carry parcel " + std::to_string(p.id));
}

// Two goroutines count one half each. Nothing orders one after the other but the lock, and
// --bug=race leaves that out: whichever comes first by the clock, the detector sees that it need
// not have.
void service::count_delivered(const std::vector<delivery>& all) {
  delivered_ = 0;
  const std::span<const delivery> whole(all);
  vole::wait_group counters;
  counters.add(2);
  for (const auto half : {whole.first(all.size() / 2), whole.subspan(all.size() / 2)}) {
    vole::go([this, half, &counters] {
      const vole::defer finish([&] { counters.done(); });
      for (const delivery& d : half) {
        if (d.who == nullptr) continue;
        std::unique_lock hold(count_lock_, std::defer_lock);
        if (settings_.planted != bug::race) hold.lock();
        ++delivered_;
      }
    });
  }
  counters.wait();
}

summary service::sum_up(std::vector<delivery> all) {
  std::sort(all.begin(), all.end(),
            [](const delivery& a, const delivery& b) { return a.what->id < b.what->id; });
  count_delivered(all);
  summary s{.parcels = all.size(), .delivered = delivered_, .checksum = 0xcbf29ce484222325};
  std::set<int> busy;
  std::int64_t minutes = 0;
  for (const delivery& d : all) {
    const int who = d.who == nullptr ? 0 : d.who->id;
    for (const int field : {d.what->id, who, d.minutes}) {
      s.checksum = (s.checksum ^ static_cast<std::uint64_t>(field)) * 0x100000001b3;
    }
    if (d.who == nullptr) {
      ++s.timeouts;
      continue;
    }
    busy.insert(who);
    minutes += d.minutes;
  }
  s.couriers = busy.size();
  const auto routed = static_cast<double>(all.size() - s.timeouts);
  s.mean_minutes = routed == 0 ? 0 : static_cast<double>(minutes) / routed;
  return s;
}

}  // namespace dispatch
