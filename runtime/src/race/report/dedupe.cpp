// SPDX-License-Identifier: Apache-2.0
// Sets of races seen, and the id of a race.
#include "race/report/dedupe.h"

#include <algorithm>

#include "race/shadow/arena.h"

namespace vole::race {
namespace {

constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325, kFnvPrime = 0x100000001b3;

std::uint64_t fnv(std::uint64_t hash, const std::string& text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
  return (hash ^ 0xff) * kFnvPrime;  // a separator that no name contains
}

std::uint64_t hash_of_names(std::span<const std::string> names) {
  std::uint64_t hash = kFnvBasis;
  for (const std::string& name : names) hash = fnv(hash, name);
  return hash;
}

}  // namespace

bool seen_set::insert(std::uint64_t value) {
  if (value == 0) value = 1;  // 0 is an empty slot
  if (slots_ == nullptr)
    slots_ = static_cast<std::uint64_t*>(reserve_address_space(kSlots * sizeof(std::uint64_t)));
  for (std::size_t at = value % kSlots;; at = (at + 1) % kSlots) {
    if (slots_[at] == value) return false;
    if (slots_[at] != 0) continue;
    if (used_ == kRememberedMax) return true;
    ++used_;
    slots_[at] = value;
    return true;
  }
}

bool seen_set::contains(std::uint64_t value) const {
  if (value == 0) value = 1;
  if (slots_ == nullptr) return false;
  for (std::size_t at = value % kSlots; slots_[at] != 0; at = (at + 1) % kSlots)
    if (slots_[at] == value) return true;
  return false;
}

std::uint64_t hash_of_stacks(stack_id a, stack_id b) {
  const std::uint64_t low = std::min(a, b), high = std::max(a, b);
  return (high << 32 | low) * 0x9e3779b97f4a7c15;
}

std::uint64_t race_id(std::span<const std::string> first, std::span<const std::string> second,
                      const std::string& place) {
  std::uint64_t a = hash_of_names(first), b = hash_of_names(second);
  if (a > b) std::swap(a, b);
  return fnv((a * kFnvPrime ^ b) * kFnvPrime, place);
}

}  // namespace vole::race
