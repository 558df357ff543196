// SPDX-License-Identifier: Apache-2.0
// The handler that takes a sample, and the thread that collects them. on_tick() is signal-handler
// code: it allocates nothing and takes no lock.
#include "profile/cpu/cpu_sampler.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "event/goroutine.h"
#include "profile/cpu/sample_ring.h"
#include "profile/cpu/thread_timers.h"
#include "profile/labels.h"
#include "profile/profiling_signal.h"
#include "symbol/unwind.h"

namespace vole::profile {
namespace {

// Threads that live shorter than this may be missed; at half the reader costs twice its 0.1 % of a
// core.
constexpr std::chrono::milliseconds kReadEvery{25};

sample_ring ring;
constinit std::atomic<bool> is_sampling{false};
constinit std::atomic<int> handlers_running{0};

symbol::stack_bounds current_bounds(std::uintptr_t sp) {
  const event::goroutine* const self = event::current();
  // Between two goroutines the thread is on another stack than current() says.
  if (self == nullptr || sp < self->stack_low || sp >= self->stack_high) return {};
  return {self->stack_low, self->stack_high};
}

void take_sample(std::int64_t weight, void* context) {
  cpu_sample* const sample = ring.claim();
  if (sample == nullptr) {
    ring.count_lost(weight);
    return;
  }
  const symbol::registers from = symbol::registers_of_ucontext(context);
  sample->weight = weight;
  sample->labels = current_labels_in_handler();
  sample->depth = symbol::unwind(from, current_bounds(from.sp), sample->pcs, kCpuFramesMax);
  ring.publish(sample);
}

void on_tick(siginfo_t* info, void* context) {
  // seq_cst: this store and the next load against stop's store and its load of the count: either
  // the handler sees that sampling is over, or stop sees the handler
  handlers_running.fetch_add(1, std::memory_order_seq_cst);
  if (is_sampling.load(std::memory_order_seq_cst))  // seq_cst: as above
    take_sample(1 + std::int64_t{info->si_overrun}, context);
  handlers_running.fetch_sub(1, std::memory_order_release);  // release: the sample is complete
}

class sampler {
 public:
  explicit sampler(int hz) : timers_(1'000'000'000 / hz) {
    data_.period_ns = 1'000'000'000 / hz;
    ring.prepare();
    ring.drain([](const cpu_sample&) {});  // what a late handler of the last profile left
    ring.take_lost();
    symbol::prepare_unwind();
    set_tick_receiver(&on_tick);
    install_profiling_signal();
    begin_deferral();
    data_.started_at_ns = base::wall_ns();
    started_ns_ = base::monotonic_ns();
    is_sampling.store(true, std::memory_order_seq_cst);  // seq_cst: see on_tick()
    try {
      timers_.update(0);
      start_reader();
    } catch (...) {
      is_sampling.store(false, std::memory_order_seq_cst);  // seq_cst: see on_tick()
      wait_for_handlers();
      end_deferral();
      throw;
    }
  }

  cpu_profile_data stop() {
    {
      const std::lock_guard hold(mutex_);
      is_ending_ = true;
    }
    ending_.notify_one();
    reader_.join();
    is_sampling.store(false, std::memory_order_seq_cst);  // seq_cst: see on_tick()
    wait_for_handlers();
    collect();
    data_.duration_ns = base::monotonic_ns() - started_ns_;
    data_.lost = ring.take_lost();
    end_deferral();
    return std::move(data_);
  }

 private:
  // A handler whose thread has lost the processor may take a time slice or two.
  static void wait_for_handlers() {
    // acquire: pairs with the release at the end of on_tick()
    while (handlers_running.load(std::memory_order_seq_cst) != 0) std::this_thread::yield();
  }

  void start_reader() {
    // The reader takes no signals: neither the program's nor its own ticks.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      reader_ = std::thread([this] { read(); });
    } catch (...) {
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
      throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void read() {
    std::unique_lock hold(mutex_);
    while (!ending_.wait_for(hold, kReadEvery, [this] { return is_ending_; })) {
      hold.unlock();
      collect();
      symbol::prepare_unwind();  // modules may have been loaded
      try {
        timers_.update(gettid());
      } catch (const std::system_error&) {
        // Out of timers or descriptors: the threads that have one go on being sampled.
      }
      hold.lock();
    }
  }

  void collect() {
    // Sets dropped before this drain are in no sample that it leaves behind.
    label_set* const dropped = take_deferred();
    ring.drain([this](const cpu_sample& sample) {
      labelled_stack stack{{sample.pcs, sample.pcs + sample.depth}, {}};
      if (sample.labels != nullptr) stack.labels = sample.labels->entries();
      data_.counts[std::move(stack)] += sample.weight;
    });
    free_deferred(dropped);
  }

  cpu_profile_data data_;
  std::int64_t started_ns_ = 0;
  thread_timers timers_;  // of the starter until the reader runs, then the reader's
  std::mutex mutex_;
  std::condition_variable ending_;
  bool is_ending_ = false;
  std::thread reader_;
};

std::mutex running_mutex;
// Under running_mutex. Owned; a bare pointer because a program may exit while it samples.
sampler* running = nullptr;

}  // namespace

bool start_cpu_sampling(int hz) {
  const std::lock_guard hold(running_mutex);
  if (running != nullptr) return false;
  running = new sampler(hz);
  return true;
}

cpu_profile_data stop_cpu_sampling() {
  const std::lock_guard hold(running_mutex);
  const std::unique_ptr<sampler> ended(std::exchange(running, nullptr));
  return ended->stop();
}

}  // namespace vole::profile
