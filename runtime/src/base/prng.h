// SPDX-License-Identifier: Apache-2.0
// A small fast random generator (splitmix64) for choices that must be fair and cheap, not secret.
#pragma once

#include <cstdint>

namespace vole::base {

class prng {
 public:
  explicit constexpr prng(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Uniform in [0, limit); limit must not be 0. Bias below limit / 2^32.
  constexpr std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(
        (static_cast<std::uint64_t>(static_cast<std::uint32_t>(next())) * limit) >> 32);
  }

 private:
  std::uint64_t state_;
};

}  // namespace vole::base
