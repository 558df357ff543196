// SPDX-License-Identifier: Apache-2.0
// The halves of lock(), unlock(), add() and their like that are inlined into the program: what is
// done when nobody waits, nobody listens, and the caller is a goroutine already. Everything else is
// the library's, which all of them fall back on; so they may be left out, as they are on machines
// other than x86-64 and by -DVOLE_NO_QUICK_PATHS, and objects that differ in it may be mixed.
//
// A listener to what these operations announce, the race detector before all, closes the quick
// paths of the whole program, and so does the first synctest bubble: they look at the library's
// flag first. That look and the one at the
// calling goroutine are assembler, which no compiler instruments and none keeps over a wait; the
// atomic operations come after it, so that instrumented code never performs them.
#pragma once

#include <cstdint>

#if defined(__x86_64__) && defined(__LP64__) && !defined(VOLE_NO_QUICK_PATHS)
#define VOLE_QUICK_PATHS 1
#endif

namespace vole::detail {

// The state of a shared_mutex: flags, and above them the number of readers; see shared_mutex.cpp.
inline constexpr std::uint64_t kWriter = 1, kSlowUnlock = 2, kReader = std::uint64_t{1} << 32;
// The state of a wait_group: the count in the upper half, and whether somebody waits.
inline constexpr std::uint64_t kGroupWaiters = 1;
// The states of a once that is over: nobody, or somebody, is told of those who find it so.
inline constexpr std::uint32_t kOnceDone = 2, kOnceDoneHeard = 3;

#if defined(VOLE_QUICK_PATHS)

[[gnu::always_inline]] inline bool is_quick_closed() noexcept {
  const unsigned char* flag;
  bool is_closed;
  asm("movq vole_quick_paths_closed@GOTPCREL(%%rip), %0" : "=r"(flag));
  asm volatile("cmpb $0, (%1)" : "=@ccne"(is_closed) : "r"(flag));
  return is_closed;
}

// The calling goroutine, as the owner of a lock is written down; 0 where the quick paths are closed
// or the thread has not been adopted yet.
[[gnu::always_inline]] inline std::uintptr_t quick_self() noexcept {
  std::uintptr_t self;
  asm volatile("movq vole_current_goroutine@GOTTPOFF(%%rip), %0\n\tmovq %%fs:(%0), %0"
               : "=r"(self));
  return is_quick_closed() ? 0 : self;
}

// The word of a mutex from 0 to the caller. False: not done.
[[gnu::always_inline]] inline bool quick_lock(std::uintptr_t& word) noexcept {
  const std::uintptr_t self = quick_self();
  std::uintptr_t seen = 0;
  // acquire: pairs with the release of the last owner
  return self != 0 &&
         __atomic_compare_exchange_n(&word, &seen, self, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

// And back. False also when another one has it.
[[gnu::always_inline]] inline bool quick_unlock(std::uintptr_t& word) noexcept {
  const std::uintptr_t self = quick_self();
  std::uintptr_t seen = self;
  // release: pairs with the acquire of the next owner
  return self != 0 &&
         __atomic_compare_exchange_n(&word, &seen, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

// A writer, where there is neither a writer nor a reader.
[[gnu::always_inline]] inline bool quick_write(std::uint64_t& state, const void*& owner) noexcept {
  const std::uintptr_t self = quick_self();
  std::uint64_t seen = 0;
  // acquire: pairs with the releases of the last writer and readers
  if (self == 0 || !__atomic_compare_exchange_n(&state, &seen, kWriter, false, __ATOMIC_ACQUIRE,
                                                __ATOMIC_RELAXED))
    return false;
  // relaxed: only the census looks, which may be late
  __atomic_store_n(&owner, reinterpret_cast<const void*>(self), __ATOMIC_RELAXED);
  return true;
}

[[gnu::always_inline]] inline bool quick_unwrite(std::uint64_t& state,
                                                 const void*& owner) noexcept {
  std::uint64_t seen = kWriter;
  if (quick_self() == 0) return false;
  __atomic_store_n(&owner, nullptr, __ATOMIC_RELAXED);  // relaxed: as above
  // release: pairs with the acquire of whoever comes next
  return __atomic_compare_exchange_n(&state, &seen, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

// Adds 1 or -1 to the count in the upper half of a wait_group's state. The result is the state
// before.
[[gnu::always_inline]] inline std::uint64_t quick_add(std::uint64_t& state, int delta) noexcept {
  // acq_rel: each done() before the wait() that sees zero, or the next user of the group
  return __atomic_fetch_add(&state, static_cast<std::uint64_t>(delta) << 32, __ATOMIC_ACQ_REL);
}

// Whether that was all: nobody is to be woken, and nothing to be complained of.
[[gnu::always_inline]] inline bool is_all_added(std::uint64_t seen, int delta) noexcept {
  if (delta > 0) return seen != kGroupWaiters;
  const std::uint64_t now = seen - (std::uint64_t{1} << 32);
  return now == 0 || static_cast<std::int64_t>(now) >> 32 > 0;
}

// Whether nobody is counted, and none who has waited is still to be woken.
[[gnu::always_inline]] inline bool quick_is_zero(const std::uint64_t& state) noexcept {
  // acquire: pairs with the done() that reached zero
  return !is_quick_closed() && __atomic_load_n(&state, __ATOMIC_ACQUIRE) == 0;
}

// A load that instrumentation does not see; acquire, as every load on this machine.
[[gnu::always_inline]] inline bool quick_is_done(const std::uint32_t& state) noexcept {
  bool is_done;
  asm volatile("cmpl %2, %1" : "=@cce"(is_done) : "m"(state), "i"(kOnceDone) : "memory");
  return is_done;
}

#else

inline bool is_quick_closed() noexcept { return true; }
inline std::uintptr_t quick_self() noexcept { return 0; }
inline bool quick_lock(std::uintptr_t&) noexcept { return false; }
inline bool quick_unlock(std::uintptr_t&) noexcept { return false; }
inline bool quick_write(std::uint64_t&, const void*&) noexcept { return false; }
inline bool quick_unwrite(std::uint64_t&, const void*&) noexcept { return false; }
inline std::uint64_t quick_add(std::uint64_t&, int) noexcept { return 0; }
inline bool is_all_added(std::uint64_t, int) noexcept { return true; }
inline bool quick_is_zero(const std::uint64_t&) noexcept { return false; }
inline bool quick_is_done(const std::uint32_t&) noexcept { return false; }

#endif

}  // namespace vole::detail
