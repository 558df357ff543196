// SPDX-License-Identifier: Apache-2.0
// Bugs with locks, conditions, wait groups and once. Kernels of GoKer are named by their origin.
#include <vole/vole.h>

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>

#include "tests/explore/corpus.h"

namespace vole_test {
namespace {

using namespace std::chrono_literals;

void expect(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

// Takes it for granted that the lock is free.
template <bool kFixed>
void lost_update_through_try_lock() {
  vole::mutex lock;
  int sum = 0;
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([&] {
      if (kFixed)
        lock.lock();
      else if (!lock.try_lock())
        return;
      ++sum;
      lock.unlock();
    });
  done.wait();
  expect(sum == 2, "an update is lost");
}

template <bool kFixed>
void read_and_write_in_two_critical_sections() {
  vole::mutex lock;
  int sum = 0;
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([&] {
      std::unique_lock guard(lock);
      const int seen = sum;
      if (!kFixed) {
        guard.unlock();
        guard.lock();
      }
      sum = seen + 1;
    });
  done.wait();
  expect(sum == 2, "an update is lost");
}

template <bool kFixed>
void two_locks_in_either_order() {
  vole::mutex a, b;
  vole::wait_group done;
  done.go([&] {
    const std::lock_guard first(a);
    const std::lock_guard second(b);
  });
  done.go([&] {
    const std::lock_guard first(kFixed ? a : b);
    const std::lock_guard second(kFixed ? b : a);
  });
  done.wait();
}

// Each philosopher's left fork first; the fixed one has a left-handed among them.
template <bool kFixed>
void three_philosophers() {
  vole::mutex forks[3];
  vole::wait_group done;
  for (int i = 0; i < 3; ++i)
    done.go([&forks, i] {
      const bool is_left_handed = kFixed && i == 2;
      const std::lock_guard first(forks[is_left_handed ? 0 : i]);
      const std::lock_guard second(forks[is_left_handed ? 2 : (i + 1) % 3]);
    });
  done.wait();
}

template <bool kFixed>
void group_counted_up_by_the_counted() {
  vole::wait_group done;
  vole::mutex lock;
  int worked = 0;
  if (kFixed) done.add(1);
  vole::go([&] {
    if (!kFixed) done.add(1);
    {
      const std::lock_guard guard(lock);
      ++worked;
    }
    done.done();
  });
  done.wait();
  const std::lock_guard guard(lock);
  expect(worked == 1, "wait() has not waited");
}

template <bool kFixed>
void signal_before_the_wait() {
  vole::mutex lock;
  vole::condition_variable changed;
  bool is_set = false;
  vole::wait_group done;
  done.go([&] {
    std::unique_lock guard(lock);
    if (kFixed)
      changed.wait(guard, [&] { return is_set; });
    else
      changed.wait(guard);
  });
  {
    const std::lock_guard guard(lock);
    is_set = true;
    changed.notify_one();
  }
  done.wait();
}

// One notify for two who wait for different things.
template <bool kFixed>
void one_notified_who_waits_for_something_else() {
  vole::mutex lock;
  vole::condition_variable changed;
  bool is_red = false, is_blue = false;
  vole::wait_group done;
  const auto wait_for = [&](bool& what) {
    std::unique_lock guard(lock);
    changed.wait(guard, [&] { return what; });
  };
  done.go([&] { wait_for(is_red); });
  done.go([&] { wait_for(is_blue); });
  const auto set = [&](bool& what) {
    const std::lock_guard guard(lock);
    what = true;
    if (kFixed)
      changed.notify_all();
    else
      changed.notify_one();
  };
  set(is_blue);
  set(is_red);
  done.wait();
}

// cockroach_3710: a reader reads again while a writer waits.
template <bool kFixed>
void reader_that_reads_again() {
  vole::shared_mutex lock;
  vole::wait_group done;
  done.go([&] {
    const std::shared_lock outer(lock);
    if (!kFixed) {
      const std::shared_lock inner(lock);
    }
  });
  done.go([&] { const std::lock_guard guard(lock); });
  done.wait();
}

// cockroach_7504: two tables, each with a lock, called from one another.
template <bool kFixed>
void two_tables_that_call_each_other() {
  struct tables {
    vole::mutex leases, names, set;
    void find() {
      const std::lock_guard name(names);
      const std::lock_guard lease(leases);
    }
    void erase() {
      const std::lock_guard whole(set);
      std::unique_lock lease(leases);
      if (kFixed) lease.unlock();
      const std::lock_guard name(names);
    }
  };
  const auto shared = std::make_shared<tables>();
  vole::wait_group done;
  done.go([shared] { shared->find(); });
  done.go([shared] { shared->erase(); });
  done.wait();
}

// kubernetes_13058: done() by one who has been started before add().
template <bool kFixed>
void done_before_add() {
  vole::wait_group group;
  if (kFixed) group.add(1);
  vole::go([&group] { group.done(); });
  if (!kFixed) group.add(1);
  group.wait();
}

// Initialised twice: looked at under the lock, made outside, stored under it again.
template <bool kFixed>
void made_twice() {
  vole::mutex lock;
  vole::once once;
  bool is_made = false;
  int made = 0;
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([&] {
      if (kFixed) return once.call([&] { ++made; });
      {
        const std::lock_guard guard(lock);
        if (is_made) return;
      }
      ++made;
      const std::lock_guard guard(lock);
      is_made = true;
    });
  done.wait();
  expect(made == 1, "made twice");
}

// moby_25384: waits for all in the loop that starts them.
template <bool kFixed>
void wait_within_the_loop() {
  vole::wait_group group;
  group.add(2);
  for (int i = 0; i < 2; ++i) {
    vole::go([&group] { group.done(); });
    if (!kFixed) group.wait();
  }
  group.wait();
}

// A balance is looked up in a map, and written back.
template <bool kFixed>
void load_and_store_of_a_map() {
  vole::sync_map<int, int> balances;
  balances.store(1, 100);
  vole::wait_group done;
  for (int i = 0; i < 2; ++i)
    done.go([&] {
      for (;;) {
        const int seen = *balances.load(1);
        if (!kFixed) return balances.store(1, seen - 10);
        if (balances.compare_and_swap(1, seen, seen - 10)) return;
      }
    });
  done.wait();
  expect(*balances.load(1) == 80, "a withdrawal is lost");
}

template <bool kFixed>
void spins_for_a_lock() {
  vole::mutex lock;
  bool is_ready = false;
  vole::wait_group done;
  done.go([&] {
    for (;;) {
      if (lock.try_lock()) {
        const bool seen = is_ready;
        lock.unlock();
        if (seen) return;
      }
      vole::yield();
    }
  });
  done.go([&] {
    if (kFixed)
      lock.lock();
    else if (!lock.try_lock())
      return;  // nobody sets it ever
    is_ready = true;
    lock.unlock();
  });
  done.wait();
}

}  // namespace

#define VOLE_BUG(name, failure) {#name, failure, &name<false>, &name<true>}

const std::vector<bug>& lock_bugs() {
  static const std::vector<bug> all = {
      VOLE_BUG(lost_update_through_try_lock, "exception: an update is lost"),
      VOLE_BUG(read_and_write_in_two_critical_sections, "exception: an update is lost"),
      VOLE_BUG(two_locks_in_either_order, "deadlock: "),
      VOLE_BUG(three_philosophers, "deadlock: "),
      VOLE_BUG(group_counted_up_by_the_counted, "exception: wait() has not waited"),
      VOLE_BUG(signal_before_the_wait, "deadlock: "),
      VOLE_BUG(one_notified_who_waits_for_something_else, "deadlock: "),
      VOLE_BUG(reader_that_reads_again, "deadlock: "),
      VOLE_BUG(two_tables_that_call_each_other, "deadlock: "),
      VOLE_BUG(done_before_add, "exception: sync: negative WaitGroup counter"),
      VOLE_BUG(made_twice, "exception: made twice"),
      VOLE_BUG(wait_within_the_loop, "deadlock: "),
      VOLE_BUG(load_and_store_of_a_map, "exception: a withdrawal is lost"),
      VOLE_BUG(spins_for_a_lock, "too long: "),
  };
  return all;
}

}  // namespace vole_test
