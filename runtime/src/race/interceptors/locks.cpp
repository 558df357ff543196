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

int acquired(int result, const void* object) {
  if (result == 0 || result == EOWNERDEAD) acquire_object(object);
  return result;
}

int acquired_for_writing(int result, const void* lock) {
  if (result == 0) {
    acquire_object(lock);
    on_behalf([&](context& self) { sync_take(self, sync_key::of(lock, sync_role::readers)); });
  }
  return result;
}

// A wait gives the mutex up and takes it again, however it ends.
template <class Wait>
int waited(pthread_mutex_t* mutex, Wait wait) {
  release_store_object(mutex);
  const int result = wait();
  acquire_object(mutex);
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
  release_merge_object(call.control);
}

}  // namespace
}  // namespace vole::race

using vole::race::acquired;
using vole::race::acquired_for_writing;
using vole::race::forget_object;
using vole::race::next_definition;
using vole::race::release_store_object;
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
  return acquired(next(mutex), mutex);
}
VOLE_INTERCEPTOR int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  VOLE_NEXT(pthread_mutex_trylock);
  return acquired(next(mutex), mutex);
}
VOLE_INTERCEPTOR int pthread_mutex_timedlock(pthread_mutex_t* mutex,
                                             const timespec* until) noexcept {
  VOLE_NEXT(pthread_mutex_timedlock);
  return acquired(next(mutex, until), mutex);
}
VOLE_INTERCEPTOR int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                             const timespec* until) noexcept {
  VOLE_NEXT(pthread_mutex_clocklock);
  return acquired(next(mutex, clock, until), mutex);
}
VOLE_INTERCEPTOR int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  VOLE_NEXT(pthread_mutex_unlock);
  release_store_object(mutex);
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
  return acquired(next(lock), const_cast<int*>(lock));
}
VOLE_INTERCEPTOR int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
  VOLE_NEXT(pthread_spin_trylock);
  return acquired(next(lock), const_cast<int*>(lock));
}
VOLE_INTERCEPTOR int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
  VOLE_NEXT(pthread_spin_unlock);
  release_store_object(const_cast<int*>(lock));
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
  return acquired(next(lock), lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_tryrdlock);
  return acquired(next(lock), lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock,
                                                const timespec* until) noexcept {
  VOLE_NEXT(pthread_rwlock_timedrdlock);
  return acquired(next(lock, until), lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                                                const timespec* until) noexcept {
  VOLE_NEXT(pthread_rwlock_clockrdlock);
  return acquired(next(lock, clock, until), lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_wrlock);
  return acquired_for_writing(next(lock), lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_trywrlock);
  return acquired_for_writing(next(lock), lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock,
                                                const timespec* until) noexcept {
  VOLE_NEXT(pthread_rwlock_timedwrlock);
  return acquired_for_writing(next(lock, until), lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                                const timespec* until) noexcept {
  VOLE_NEXT(pthread_rwlock_clockwrlock);
  return acquired_for_writing(next(lock, clock, until), lock);
}
VOLE_INTERCEPTOR int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  VOLE_NEXT(pthread_rwlock_unlock);
  // glibc notes the thread that writes; readers see 0 or nobody's number.
  if (lock->__data.__cur_writer == gettid()) {
    release_store_object(lock);
  } else {
    vole::race::release_merge_object(lock, vole::race::sync_role::readers);
  }
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
  return waited(mutex, [&] { return next(condition, mutex); });
}
VOLE_INTERCEPTOR int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                            const timespec* until) {
  VOLE_NEXT_COND(pthread_cond_timedwait);
  return waited(mutex, [&] { return next(condition, mutex, until); });
}
VOLE_INTERCEPTOR int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                            clockid_t clock, const timespec* until) {
  VOLE_NEXT(pthread_cond_clockwait);
  return waited(mutex, [&] { return next(condition, mutex, clock, until); });
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
  vole::race::acquire_object(control);
  return result;
}

// ---- barriers: who arrives early for the next round may be acquired by who leaves late, no more
VOLE_INTERCEPTOR int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  VOLE_NEXT(pthread_barrier_wait);
  vole::race::release_merge_object(barrier);
  const int result = next(barrier);
  if (result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD) vole::race::acquire_object(barrier);
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
  vole::race::release_merge_object(semaphore);
  return next(semaphore);
}
VOLE_INTERCEPTOR int sem_wait(sem_t* semaphore) {
  VOLE_NEXT(sem_wait);
  return acquired(next(semaphore), semaphore);
}
VOLE_INTERCEPTOR int sem_trywait(sem_t* semaphore) noexcept {
  VOLE_NEXT(sem_trywait);
  return acquired(next(semaphore), semaphore);
}
VOLE_INTERCEPTOR int sem_timedwait(sem_t* semaphore, const timespec* until) {
  VOLE_NEXT(sem_timedwait);
  return acquired(next(semaphore, until), semaphore);
}
VOLE_INTERCEPTOR int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  VOLE_NEXT(sem_clockwait);
  return acquired(next(semaphore, clock, until), semaphore);
}
VOLE_INTERCEPTOR int sem_destroy(sem_t* semaphore) noexcept {
  VOLE_NEXT(sem_destroy);
  forget_object(semaphore);
  return next(semaphore);
}
