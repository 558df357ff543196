// SPDX-License-Identifier: Apache-2.0
// What the themes of the soak share: actors, chance, and laws that must hold.
//
// An actor plays rounds, one after the other, until the time is over; all actors play at the same
// time. A round makes its own channels, locks and goroutines, ends when all of them have ended, and
// then checks its conservation law: what was sent was received once, what was made was destroyed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace soak {

// xorshift64*: the same rounds for the same seed (what the goroutines make of them differs).
class chance {
 public:
  explicit chance(std::uint64_t seed) : state_(seed * 2 + 1) {}
  // From 0 to limit - 1.
  long below(long limit) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<long>((state_ * 2685821657736338717u >> 33) %
                             static_cast<std::uint64_t>(limit));
  }
  long from_to(long least, long most) { return least + below(most - least + 1); }
  bool one_in(long n) { return below(n) == 0; }
  std::uint64_t seed() { return static_cast<std::uint64_t>(below(1'000'000'007)); }

 private:
  std::uint64_t state_;
};

struct actor {
  const char* name;
  void (*round)(chance& dice);
};

std::vector<actor> channel_actors();
std::vector<actor> select_actors();
std::vector<actor> sync_actors();
std::vector<actor> timing_actors();
std::vector<actor> net_actors();
std::vector<actor> thread_actors();
std::vector<actor> ending_actors();
std::vector<actor> spawning_actors();

// Prints the broken law, the numbers and all goroutines, and ends the process.
void expect_equal(const char* law, long found, long expected);
void expect(const char* law, bool holds);

// A value that counts how many of it live, so that none is lost or destroyed twice.
class parcel {
 public:
  parcel(long value, std::atomic<long>& live) : value_(value), live_(&live) { add(1); }
  parcel(parcel&& other) noexcept
      : value_(other.value_), live_(std::exchange(other.live_, nullptr)) {}
  parcel& operator=(parcel&& other) noexcept {
    parcel old(std::move(*this));
    value_ = other.value_;
    live_ = std::exchange(other.live_, nullptr);
    return *this;
  }
  ~parcel() {
    if (live_ != nullptr) add(-1);
  }
  long value() const { return value_; }

 private:
  void add(long n) { live_->fetch_add(n, std::memory_order_relaxed); }  // relaxed: a sum only
  long value_;
  std::atomic<long>* live_;
};

}  // namespace soak
