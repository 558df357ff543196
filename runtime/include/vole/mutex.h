// SPDX-License-Identifier: Apache-2.0
// mutex, shared_mutex and condition_variable: std's interfaces, for goroutines.
//
//   vole::mutex m;
//   vole::condition_variable filled;
//   std::deque<job> jobs;                       // guarded by m
//   ...
//   std::unique_lock hold(m);
//   filled.wait(hold, [&] { return !jobs.empty(); });
//
// Waiting parks the goroutine, not its thread. None of these can be copied or moved.
#pragma once

#include <vole/detail/annotations.h>
#include <vole/detail/quick_path.h>
#include <vole/detail/sync_fields.h>
#include <vole/time.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace vole::event {
struct goroutine;
}

namespace vole {

// Owned by the goroutine that locked it. Normally a newcomer may overtake those who wait; once
// somebody has waited for 1 ms the mutex is handed over in the order of coming until the queue is
// short again (Go's starvation mode). The n-th unlock happens before every later lock returns. Not
// recursive: a goroutine that locks it twice waits for ever.
class mutex {
 public:
  constexpr mutex() noexcept = default;
  ~mutex();
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;

  VOLE_PARKS void lock() {
    if (!detail::quick_lock(field_.state)) lock_slowly();
  }
  // True: locked; false: it is held, and nothing is ordered.
  bool try_lock() { return detail::quick_lock(field_.state) || try_lock_slowly(); }
  // By anybody but the owner: `fatal error: sync: unlock of unlocked mutex`.
  void unlock() {
    if (!detail::quick_unlock(field_.state)) unlock_slowly();
  }

 private:
  VOLE_PARKS void lock_slowly();
  bool try_lock_slowly();
  void unlock_slowly();

  detail::mutex_field field_;
};

// Many readers or one writer; a writer that waits keeps new readers out (Go's RWMutex). Not bound
// to a goroutine. Misuse is fatal with Go's words.
class shared_mutex {
 public:
  constexpr shared_mutex() noexcept = default;
  ~shared_mutex();
  shared_mutex(const shared_mutex&) = delete;
  shared_mutex& operator=(const shared_mutex&) = delete;

  VOLE_PARKS void lock() {
    if (!detail::quick_write(state_, owner_)) lock_slowly();
  }
  bool try_lock() { return detail::quick_write(state_, owner_) || try_lock_slowly(); }
  void unlock() {
    if (!detail::quick_unwrite(state_, owner_)) unlock_slowly();
  }
  VOLE_PARKS void lock_shared() {
    if (detail::quick_self() == 0) return lock_shared_slowly();
    // acquire: pairs with the release of the last writer
    if ((__atomic_fetch_add(&state_, detail::kReader, __ATOMIC_ACQUIRE) & detail::kWriter) != 0)
      wait_for_admission();
  }
  bool try_lock_shared();
  void unlock_shared() {
    if (detail::quick_self() == 0) return unlock_shared_slowly();
    // release: pairs with the acquire of the next writer
    const std::uint64_t seen = __atomic_fetch_sub(&state_, detail::kReader, __ATOMIC_RELEASE);
    if ((seen & detail::kWriter) != 0 || seen < detail::kReader) sign_off(seen);
  }

 private:
  VOLE_PARKS void lock_slowly();
  bool try_lock_slowly();
  void unlock_slowly();
  VOLE_PARKS void lock_shared_slowly();
  void unlock_shared_slowly();
  void wait_for_turn(event::goroutine* self);
  void wait_for_admission();
  void sign_off(std::uint64_t seen);
  sync::waiter* admit_locked(std::uint64_t readers);

  std::uint64_t state_ = 0;      // see shared_mutex.cpp
  const void* owner_ = nullptr;  // the goroutine that writes, or is the next to
  detail::mutex_field
      writers_;                // of the one that did not get in at once, before and while it writes
  detail::guard_field guard_;  // over all below
  std::uint32_t readers_left_ = 0;  // who were inside as the writer came, and still are
  std::uint32_t admitted_ = 0;      // who may come in past the queue: they had not got there yet
  detail::queue_field waiting_readers_;
  sync::waiter* waiting_writer_ = nullptr;
};

// First come, first notified; no spurious wake-ups. notify happens before the return of the wait
// that it ends. May be destroyed as soon as everybody has been notified.
class condition_variable {
 public:
  constexpr condition_variable() noexcept = default;
  ~condition_variable();
  condition_variable(const condition_variable&) = delete;
  condition_variable& operator=(const condition_variable&) = delete;

  void notify_one() noexcept;
  void notify_all() noexcept;

  // `lock` must own its mutex; it does again when the wait returns.
  VOLE_PARKS VOLE_WAITS void wait(std::unique_lock<mutex>& lock) { wait_core(*lock.mutex()); }
  template <class Predicate>
  VOLE_PARKS VOLE_WAITS void wait(std::unique_lock<mutex>& lock, Predicate is_done) {
    while (!is_done()) wait(lock);
  }

  template <class Rep, class Period>
  VOLE_PARKS std::cv_status wait_for(std::unique_lock<mutex>& lock,
                                     const std::chrono::duration<Rep, Period>& limit) {
    return wait_until(lock, detail::deadline_after(limit));
  }
  template <class Rep, class Period, class Predicate>
  VOLE_PARKS bool wait_for(std::unique_lock<mutex>& lock,
                           const std::chrono::duration<Rep, Period>& limit, Predicate is_done) {
    return wait_until(lock, detail::deadline_after(limit), std::move(is_done));
  }

  // Also for other clocks; the time that is left is then read from that clock.
  template <class Clock, class Duration>
  VOLE_PARKS std::cv_status wait_until(std::unique_lock<mutex>& lock,
                                       const std::chrono::time_point<Clock, Duration>& deadline) {
    if (wait_core_until(*lock.mutex(), detail::deadline_of(deadline)))
      return std::cv_status::no_timeout;
    // Another clock may have been set back meanwhile.
    return Clock::now() < deadline ? std::cv_status::no_timeout : std::cv_status::timeout;
  }
  template <class Clock, class Duration, class Predicate>
  VOLE_PARKS bool wait_until(std::unique_lock<mutex>& lock,
                             const std::chrono::time_point<Clock, Duration>& deadline,
                             Predicate is_done) {
    while (!is_done())
      if (wait_until(lock, deadline) == std::cv_status::timeout) return is_done();
    return true;
  }

 private:
  void wait_core(mutex& held);
  bool wait_core_until(mutex& held, time_point deadline);  // false: the time has come

  detail::guard_field guard_;
  detail::queue_field waiters_;
};

}  // namespace vole
