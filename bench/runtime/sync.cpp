// SPDX-License-Identifier: Apache-2.0
// Mutexes and their kin.
#include <vole/context.h>

#include <memory>

#include "themes.h"

namespace bench {
namespace {

// Operation: lock and unlock, by one goroutine.
void mutex_uncontended(long n) {
  vole::mutex lock;
  for (long i = 0; i < n; ++i) {
    lock.lock();
    lock.unlock();
  }
}

// Operation: lock, count, unlock; as many goroutines as processors, one mutex.
void mutex_contended(long n) {
  vole::mutex lock;
  long count = 0;
  in_parallel(n, [&](long share) {
    for (long i = 0; i < share; ++i) {
      lock.lock();
      ++count;
      lock.unlock();
    }
  });
  keep(count);
}

// Operation: lock, count, unlock, by sixteen goroutines of which each yields while it has the
// mutex, so that the others really wait.
void mutex_waited(long n) {
  constexpr long kGoroutines = 16;
  vole::mutex lock;
  long count = 0;
  vole::wait_group all;
  for (long g = 0; g < kGoroutines; ++g) {
    all.go([&] {
      for (long i = 0; i < n; i += kGoroutines) {
        lock.lock();
        ++count;
        vole::yield();
        lock.unlock();
      }
    });
  }
  all.wait();
  keep(count);
}

// Operation: two read locks and a write lock, by one goroutine (Go's BenchmarkRWMutexUncontended).
void rwmutex(long n) {
  vole::shared_mutex lock;
  for (long i = 0; i < n; ++i) {
    lock.lock_shared();
    lock.lock_shared();
    lock.unlock_shared();
    lock.unlock_shared();
    lock.lock();
    lock.unlock();
  }
}

// Operation: a read lock; as many goroutines as processors, one lock.
void rwmutex_read(long n) {
  vole::shared_mutex lock;
  in_parallel(n, [&](long share) {
    for (long i = 0; i < share; ++i) {
      lock.lock_shared();
      lock.unlock_shared();
    }
  });
}

// Operation: a notification that nobody waits for.
void cond_notify(long n) {
  vole::condition_variable nobody;
  for (long i = 0; i < n; ++i) nobody.notify_one();
}

// Operation: add, done, and a wait that has nothing to wait for.
void wait_group(long n) {
  vole::wait_group group;
  for (long i = 0; i < n; ++i) {
    group.add();
    group.done();
    group.wait();
  }
}

// Operation: a call of what has been called.
void once(long n) {
  vole::once one;
  long calls = 0;
  for (long i = 0; i < n; ++i) one.call([&] { ++calls; });
  keep(calls);
}

// Operation: an item is taken and put back, by one goroutine.
void pool(long n) {
  vole::pool<std::unique_ptr<long>> items([] { return std::make_unique<long>(0); });
  for (long i = 0; i < n; ++i) {
    auto item = items.get();
    ++*item;
    items.put(std::move(item));
  }
}

// Operation: one of a semaphore's ten is acquired and released, by one goroutine.
void semaphore(long n) {
  vole::weighted_semaphore ten(10);
  const vole::context ever = vole::background();
  for (long i = 0; i < n; ++i) {
    if (ten.acquire(ever)) return;
    ten.release();
  }
}

constexpr long kKeys = 1024;

// Operation: a load of one of 1024 keys; as many goroutines as processors.
void sync_map(long n) {
  vole::sync_map<long, long> map;
  for (long key = 0; key < kKeys; ++key) map.store(key, key);
  in_parallel(n, [&](long share) {
    long sum = 0;
    for (long i = 0; i < share; ++i) sum += *map.load(i % kKeys);
    keep(sum);
  });
}

// Operation: nine loads to one store, of one of 1024 keys; as many goroutines as processors.
void sync_map_mixed(long n) {
  vole::sync_map<long, long> map;
  for (long key = 0; key < kKeys; ++key) map.store(key, key);
  in_parallel(n, [&](long share) {
    long sum = 0;
    for (long i = 0; i < share; ++i) {
      if (i % 10 == 9)
        map.store(i % kKeys, i);
      else
        sum += *map.load(i % kKeys);
    }
    keep(sum);
  });
}

}  // namespace

void sync(const suite& rows) {
  rows.row("mutex_uncontended", mutex_uncontended);
  rows.row("mutex_contended", mutex_contended);
  rows.row("mutex_waited", mutex_waited);
  rows.row("rwmutex", rwmutex);
  rows.row("rwmutex_read", rwmutex_read);
  rows.row("cond_notify", cond_notify);
  rows.row("wait_group", wait_group);
  rows.row("once", once);
  rows.row("pool", pool);
  rows.row("semaphore", semaphore);
  rows.row("sync_map", sync_map);
  rows.row("sync_map_mixed", sync_map_mixed);
}

}  // namespace bench
