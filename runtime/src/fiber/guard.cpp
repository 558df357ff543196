// SPDX-License-Identifier: Apache-2.0
// Guard markers, protected pages, canaries: each where the one before can't be had.
//
// Markers (MADV_GUARD_INSTALL, Linux 6.13) split no mapping. They are refused on older kernels and
// in memory that is locked (mlockall). A protected page splits one, and vm.max_map_count ends that.
// A canary lies at the upper end of what would be the guard, where an overflow writes first. It is
// checked after the fact: what lies below may be damaged by then.
#include "fiber/guard.h"

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "base/check.h"
#include "base/debug_options.h"
#include "base/raw_log.h"
#include "fiber/slab.h"
#include "fiber/stack.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

namespace vole::fiber {
namespace {

constexpr std::size_t kCanaryWords = 32;  // 256 bytes: more than what one frame is likely to leave
                                          // unwritten between its locals
constexpr std::uint64_t kCanary = 0x9d6a'c3f1'57e2'b84bu;

std::uint64_t* canary_of(std::uintptr_t slot) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): see slab.h
  return reinterpret_cast<std::uint64_t*>(slot + kGuardBytes) - kCanaryWords;
}

void lay_canary(std::uintptr_t slot) noexcept {
  std::uint64_t* const words = canary_of(slot);
  for (std::size_t i = 0; i < kCanaryWords; ++i) words[i] = kCanary + i;
}

// The best kind to try.
guard_kind best_kind() noexcept {
  static const guard_kind best = [] {
    const char* const wanted = std::getenv("VOLE_STACK_GUARD");
    const std::string_view text = wanted != nullptr ? wanted : "";
    if (text == "canary") return guard_kind::canary;
    if (text == "mprotect") return guard_kind::mprotect;
    return guard_kind::marker;
  }();
  return best;
}

void say_once(guard_kind failed, int error) noexcept {
  static std::array<std::atomic<bool>, kGuardKinds> said{};
  // relaxed: only counts to one
  if (said[static_cast<std::size_t>(failed)].exchange(true, std::memory_order_relaxed)) return;
  if (!base::debug().says_fallbacks) return;
  base::raw_writer out;
  out << "vole: "
      << (failed == guard_kind::marker
              ? "no guard markers (Linux 6.13 has them, not for locked memory): stacks are guarded "
                "by mprotect"
              : "no guard below this stack and those that follow (see vm.max_map_count): an "
                "overflow is seen when the goroutine waits next")
      << " (errno " << error << ")\n";
}

guard_kind install_one(std::uintptr_t slot, guard_kind best) noexcept {
  const iovec where = range(slot, kGuardBytes);
  if (best == guard_kind::marker) {
    if (madvise(where.iov_base, where.iov_len, MADV_GUARD_INSTALL) == 0) return guard_kind::marker;
    say_once(guard_kind::marker, errno);
    best = guard_kind::mprotect;
  }
  if (best == guard_kind::mprotect) {
    if (mprotect(where.iov_base, where.iov_len, PROT_NONE) == 0) return guard_kind::mprotect;
    say_once(guard_kind::mprotect, errno);
  }
  lay_canary(slot);
  return guard_kind::canary;
}

}  // namespace

void install_guards(std::span<const std::uintptr_t> slots, std::span<guard_kind> kinds) noexcept {
  VOLE_ASSERT(slots.size() == kinds.size());
  VOLE_ASSERT(slots.size() <= kAdviceBatchMax);
  const guard_kind best = best_kind();
  if (best == guard_kind::marker) {
    std::array<iovec, kAdviceBatchMax> ranges;
    for (std::size_t i = 0; i < slots.size(); ++i) ranges[i] = range(slots[i], kGuardBytes);
    if (advise({ranges.data(), slots.size()}, MADV_GUARD_INSTALL)) {
      for (guard_kind& kind : kinds) kind = guard_kind::marker;
      return;
    }
  }
  for (std::size_t i = 0; i < slots.size(); ++i) kinds[i] = install_one(slots[i], best);
}

bool is_canary_whole(std::uintptr_t slot) noexcept {
  const std::uint64_t* const words = canary_of(slot);
  bool is_whole = true;
  for (std::size_t i = 0; i < kCanaryWords; ++i) is_whole = is_whole && words[i] == kCanary + i;
  return is_whole;
}

}  // namespace vole::fiber
