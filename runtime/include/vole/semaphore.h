// SPDX-License-Identifier: Apache-2.0
// A semaphore whose users take different amounts.
//
//   vole::weighted_semaphore memory(64 << 20);
//   if (std::error_code e = memory.acquire(ctx, image.bytes())) return e;
//   vole::defer give_back([&] { memory.release(image.bytes()); });
#pragma once

#include <vole/detail/annotations.h>
#include <vole/detail/sync_fields.h>

#include <cstdint>
#include <system_error>

namespace vole {

class context;

// First come, first served: a small request waits behind a large one. A release happens before the
// return of the acquires that it lets through.
class weighted_semaphore {
 public:
  explicit weighted_semaphore(std::int64_t size) noexcept : size_(size) {}
  ~weighted_semaphore();
  weighted_semaphore(const weighted_semaphore&) = delete;
  weighted_semaphore& operator=(const weighted_semaphore&) = delete;

  // Waits until n can be had, or ctx ends: then its error, also when there is room. A request for
  // more than the semaphore's size waits for ctx to end.
  VOLE_PARKS std::error_code acquire(const context& ctx, std::int64_t n = 1);
  // False: there is no room, or others wait. Nothing is ordered then.
  bool try_acquire(std::int64_t n = 1);
  // Throws panic("semaphore: released more than held").
  void release(std::int64_t n = 1);

 private:
  struct request;
  void remove_locked(request& one);
  void grant_locked();

  detail::guard_field guard_;
  std::int64_t size_;
  std::int64_t held_ = 0;
  request* first_ = nullptr;
  request* last_ = nullptr;
};

}  // namespace vole
