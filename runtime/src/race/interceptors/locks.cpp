// SPDX-License-Identifier: Apache-2.0
// pthread's locks, semaphores, barriers and once: an acquire after each call that takes something,
// a release before each call that gives it.
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include <cerrno>

#include "race/interceptors/interceptors.h"

namespace vole::race {

void install_locks() {}

namespace {

using event::lock_mode;

int acquired(int result, const void* object, call_site site) {
  if (result == 0 || result == EOWNERDEAD) lock_object(object, lock_mode::exclusive, site, false);
  return result;
}

int acquired_for_writing(int result, const void* lock, call_site site) {
  if (result == 0) lock_object(lock, lock_mode::exclusive, site, true);
  return result;
}
int acquired_for_reading(int result, const void* lock, call_site site) {
  if (result == 0) lock_object(lock, lock_mode::shared, site, true);
  return result;
}

int passed(int result, const void* semaphore, call_site site) {
  if (result == 0) acquire_object(semaphore, sync_op::semaphore_acquire, site);
  return result;
}

// A wait gives the mutex up and takes it again, however it ends.
template <class Wait>
int waited(pthread_mutex_t* mutex, call_site site, Wait wait) {
  unlock_object(mutex, lock_mode::exclusive, site);
  const int result = wait();
  lock_object(mutex, lock_mode::exclusive, site, false);
  return result;
}

// The function of the pthread_once() call that is running on this thread, innermost first.
struct once_call {
  void (*function)();
  const void* control;
  once_call* outer;
};
[[gnu::tls_model("initial-exec")]] thread_local constinit once_call* innermost_once = nullptr;

void run_once_function() {
  const once_call call = *innermost_once;
  call.function();
  release_merge_object(call.control, sync_op::once_done, VOLE_CALL_SITE());
}

}  // namespace
}  // namespace vole::race

using vole::event::lock_mode;
using vole::race::acquired;
using vole::race::acquired_for_reading;
using vole::race::acquired_for_writing;
using vole::race::forget_object;
using vole::race::next_definition;
using vole::race::passed;
using vole::race::sync_op;
using vole::race::unlock_object;
using vole::race::waited;

// The interceptor `name`, whose body calls next(...) for what it stands for.
#define VOLE_NEXT(name) static constinit next_definition<decltype(name)> next(#name)
// glibc keeps the condition variables of before 2003 under the same names.
#if defined(__x86_64__)
#define VOLE_NEXT_COND(name) \
  static constinit next_definition<decltype(name)> next(#name, "GLIBC_2.3.2")
#else
#define VOLE_NEXT_COND(name) VOLE_NEXT(name)
#endif

// ---- mutexes
VOLE_INTERCEPTOR int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  VOLE_NEXT(pthread_mutex_lock);
  return acquired(next(mutex), mutex, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  VOLE_NEXT(pthread_mutex_trylock);
  return acquired(next(mutex), mutex, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_mutex_timedlock(pthread_mutex_t* mutex,
                                             const timespec* until) noexcept {
  VOLE_NEXT(pthread_mutex_timedlock);
  return acquired(next(mutex, until), mutex, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                             const timespec* until) noexcept {
  VOLE_NEXT(pthread_mutex_clocklock);
  return acquired(next(mutex, clock, until), mutex, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  VOLE_NEXT(pthread_mutex_unlock);
  unlock_object(mutex, lock_mode::exclusive, VOLE_CALL_SITE());
  return next(mutex);
}
VOLE_INTERCEPTOR int pthread_mutex_destroy(pthread_mutex_t* mutex) noexcept {
  VOLE_NEXT(pthread_mutex_destroy);
  forget_object(mutex);
  return next(mutex);
}

// ---- spin locks
VOLE_INTERCEPTOR int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
  VOLE_NEXT(pthread_spin_lock);
  return acquired(next(lock), const_cast<int*>(lock), VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
  VOLE_NEXT(pthread_spin_trylock);
  return acquired(next(lock), const_cast<int*>(lock), VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
  VOLE_NEXT(pthread_spin_unlock);
  unlock_object(const_cast<int*>(lock), lock_mode::exclusive, VOLE_CALL_SITE());
  return next(lock);
}
VOLE_INTERCEPTOR int pthread_spin_destroy(pthread_spinlock_t* lock) noexcept {
  VOLE_NEXT(pthread_spin_destroy);
  forget_object(const_cast<int*>(lock));
  return next(lock);
}

// ---- readers-writer locks
VOLE_INTERCEPTOR int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_rdlock);
  return acquired_for_reading(next(lock), lock, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_tryrdlock);
  return acquired_for_reading(next(lock), lock, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock,
                                                const timespec* until) noexcept {
  VOLE_NEXT(pthread_rwlock_timedrdlock);
  return acquired_for_reading(next(lock, until), lock, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                                                const timespec* until) noexcept {
  VOLE_NEXT(pthread_rwlock_clockrdlock);
  return acquired_for_reading(next(lock, clock, until), lock, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_wrlock);
  return acquired_for_writing(next(lock), lock, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_trywrlock);
  return acquired_for_writing(next(lock), lock, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock,
                                                const timespec* until) noexcept {
  VOLE_NEXT(pthread_rwlock_timedwrlock);
  return acquired_for_writing(next(lock, until), lock, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                                const timespec* until) noexcept {
  VOLE_NEXT(pthread_rwlock_clockwrlock);
  return acquired_for_writing(next(lock, clock, until), lock, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_unlock);
  // glibc notes the thread that writes; a reader sees 0, and is spared the system call.
  const auto writer = lock->__data.__cur_writer;
  const bool is_mine = writer != 0 && writer == gettid();
  unlock_object(lock, is_mine ? lock_mode::exclusive : lock_mode::shared, VOLE_CALL_SITE());
  return next(lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_destroy(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_destroy);
  forget_object(lock);
  return next(lock);
}

// ---- condition variables: the mutex orders; a signal by itself does not
VOLE_INTERCEPTOR int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  VOLE_NEXT_COND(pthread_cond_wait);
  return waited(mutex, VOLE_CALL_SITE(), [&] { return next(condition, mutex); });
}
VOLE_INTERCEPTOR int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                            const timespec* until) {
  VOLE_NEXT_COND(pthread_cond_timedwait);
  return waited(mutex, VOLE_CALL_SITE(), [&] { return next(condition, mutex, until); });
}
VOLE_INTERCEPTOR int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                            clockid_t clock, const timespec* until) {
  VOLE_NEXT(pthread_cond_clockwait);
  return waited(mutex, VOLE_CALL_SITE(), [&] { return next(condition, mutex, clock, until); });
}

// ---- once
VOLE_INTERCEPTOR int pthread_once(pthread_once_t* control, void (*function)()) {
  VOLE_NEXT(pthread_once);
  using vole::race::innermost_once;
  struct scope {
    vole::race::once_call call;
    ~scope() { innermost_once = call.outer; }
  } scope{{function, control, innermost_once}};
  innermost_once = &scope.call;
  const int result = next(control, &vole::race::run_once_function);
  vole::race::acquire_object(control, sync_op::once_see, VOLE_CALL_SITE());
  return result;
}

// ---- barriers: who arrives early for the next round may be acquired by who leaves late, no more
VOLE_INTERCEPTOR int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  VOLE_NEXT(pthread_barrier_wait);
  vole::race::release_merge_object(barrier, sync_op::barrier, VOLE_CALL_SITE());
  const int result = next(barrier);
  if (result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD)
    vole::race::acquire_object(barrier, sync_op::barrier, VOLE_CALL_SITE());
  return result;
}
VOLE_INTERCEPTOR int pthread_barrier_destroy(pthread_barrier_t* barrier) noexcept {
  VOLE_NEXT(pthread_barrier_destroy);
  const int result = next(barrier);
  forget_object(barrier);
  return result;
}

// ---- semaphores
VOLE_INTERCEPTOR int sem_post(sem_t* semaphore) noexcept {
  VOLE_NEXT(sem_post);
  vole::race::release_merge_object(semaphore, sync_op::semaphore_release, VOLE_CALL_SITE());
  return next(semaphore);
}
VOLE_INTERCEPTOR int sem_wait(sem_t* semaphore) {
  VOLE_NEXT(sem_wait);
  return passed(next(semaphore), semaphore, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int sem_trywait(sem_t* semaphore) noexcept {
  VOLE_NEXT(sem_trywait);
  return passed(next(semaphore), semaphore, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int sem_timedwait(sem_t* semaphore, const timespec* until) {
  VOLE_NEXT(sem_timedwait);
  return passed(next(semaphore, until), semaphore, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  VOLE_NEXT(sem_clockwait);
  return passed(next(semaphore, clock, until), semaphore, VOLE_CALL_SITE());
}
VOLE_INTERCEPTOR int sem_destroy(sem_t* semaphore) noexcept {
  VOLE_NEXT(sem_destroy);
  forget_object(semaphore);
  return next(semaphore);
}
