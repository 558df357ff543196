// SPDX-License-Identifier: Apache-2.0
// Writing reports one at a time, counting them, and the process's end.
#include "race/report/race_report.h"

#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>

#include "base/check.h"
#include "base/spin_lock.h"
#include "race/context.h"
#include "race/describe/misuse.h"
#include "race/report/build_report.h"
#include "race/report/dedupe.h"
#include "race/report/options.h"
#include "race/report/output.h"
#include "race/report/suppress.h"
#include "race/report/thread_memory.h"

namespace vole::race {
namespace {

// The symbolizer needs more stack than a goroutine may have.
constexpr std::size_t kReportStackBytes = std::size_t{1} << 20;

// Held while a report is built and written. The thread is inside the detector then, so nothing that
// it calls comes back here.
constinit base::spin_lock report_lock{base::lock_rank::listener};
constinit seen_set seen_stacks VOLE_GUARDED_BY(report_lock);
constinit seen_set seen_places VOLE_GUARDED_BY(report_lock);
constinit seen_set reported_stacks VOLE_GUARDED_BY(report_lock);  // some of the first
constinit void* report_stack VOLE_GUARDED_BY(report_lock) = nullptr;

constinit std::atomic<std::size_t> races{0};
constinit std::atomic<std::size_t> sightings{0};
constinit std::atomic<report_hook*> hook{nullptr};
constinit std::atomic<bool> is_over{false};

void count_sighting() noexcept {
  sightings.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
}

// What is still to be told to those who ask for reports one by one, and forgotten then.
constexpr std::size_t kTextsKept = 256;
constinit std::deque<std::string>* texts VOLE_GUARDED_BY(report_lock) = nullptr;

struct build_job {
  void (*run)(void* argument);
  void* argument;
  ucontext_t caller, builder;
};
// makecontext() passes only ints; there is one job at a time.
constinit build_job* current_job VOLE_GUARDED_BY(report_lock) = nullptr;

void run_job() VOLE_NO_THREAD_SAFETY_ANALYSIS { current_job->run(current_job->argument); }

// f() on the report's own stack.
template <class F>
void on_own_stack(F f) VOLE_REQUIRES(report_lock) {
  if (report_stack == nullptr) {
    report_stack = mmap(nullptr, kReportStackBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    VOLE_CHECK(report_stack != MAP_FAILED, "no memory for a race report");
  }
  auto* job = new build_job{[](void* argument) { (*static_cast<F*>(argument))(); }, &f, {}, {}};
  current_job = job;
  getcontext(&job->builder);
  job->builder.uc_stack.ss_sp = report_stack;
  job->builder.uc_stack.ss_size = kReportStackBytes;
  job->builder.uc_link = &job->caller;
  makecontext(&job->builder, &run_job, 0);
  swapcontext(&job->caller, &job->builder);
  delete job;
}

bool are_repeats_dropped() { return options().suppress_equal_stacks != 0; }

std::uint64_t stacks_of(const race_facts& facts) {
  return hash_of_stacks(untagged(facts.now.stack), untagged(facts.before.stack));
}

// A repeat of a reported race counts as a sighting of it.
bool is_new_pair(const race_facts& facts) {
  base::spin_guard guard(report_lock);
  const std::uint64_t stacks = stacks_of(facts);
  if (seen_stacks.insert(stacks)) return true;
  if (!are_repeats_dropped()) return true;
  if (reported_stacks.contains(stacks)) count_sighting();
  return false;
}

void keep_text(const std::string& text) VOLE_REQUIRES(report_lock) {
  if (texts == nullptr) texts = new std::deque<std::string>;
  texts->push_back(text);
  if (texts->size() > kTextsKept) texts->pop_front();
}

// Writes the report unless it is a suppressed one.
bool publish(built_report& built, std::string& text) VOLE_REQUIRES(report_lock) {
  const bool is_suppressed = suppress(built);
  write_files(built.report);
  if (is_suppressed) return false;
  text = format::race_text(built.report, options().strip_path_prefix.value);
  write_log(text);
  return true;
}

// True and the text in `text` if it is news.
bool write_report(const race_facts& facts, const live_goroutines& living, std::uintptr_t own_frame,
                  std::string& text) {
  base::spin_guard guard(report_lock);
  built_report built;
  on_own_stack([&] { built = build_report(facts, living, own_frame); });
  if (built.is_freed_unseen) return false;
  const bool is_new = seen_places.insert(built.place_hash) || !are_repeats_dropped();
  if (!is_new && suppress(built)) return false;
  if (is_new && !publish(built, text)) return false;
  reported_stacks.insert(stacks_of(facts));
  count_sighting();
  if (!is_new) return false;
  races.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
  keep_text(text);
  return true;
}

void sleep_ms(long milliseconds) {
  timespec left{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

void at_exit_handler() {
  const int status = last_words(0);
  if (status == 0) return;
  std::fflush(nullptr);
  _exit(status);
}

}  // namespace

void report_race(const race_facts& facts) {
  // Goroutines that use a thread_local one after the other on its thread are ordered by that. An
  // access to somebody else's, through a pointer, is checked as any.
  if (is_thread_local_here(facts.now.address)) return;
  const int saved_errno = errno;
  if (!is_new_pair(facts)) {
    errno = saved_errno;
    return;
  }
  const auto own_frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  // A census takes the scheduler's locks, which come before this room's.
  const live_goroutines living = live_goroutines::find(
      {facts.now.actor_index, facts.before.actor_index, find_stack_owner(facts.before.address)});
  std::string text;
  const bool is_new = write_report(facts, living, own_frame, text);
  if (is_new && options().halt_on_error != 0) _exit(static_cast<int>(options().exitcode));
  // acquire: pairs with set_report_hook(); sees what the hook was made of
  report_hook* listener = hook.load(std::memory_order_acquire);
  if (is_new && listener != nullptr) listener(text);
  errno = saved_errno;
}

void write_misuse(const misuse_facts& facts) {
  const int saved_errno = errno;
  const auto own_frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const live_goroutines living = live_goroutines::find(
      {facts.now.actor_index, facts.before.actor_index, find_stack_owner(facts.now.address)});
  {
    base::spin_guard guard(report_lock);
    built_report built;
    std::string text;
    on_own_stack([&] { built = build_misuse(facts, living, own_frame); });
    if (seen_places.insert(built.place_hash) || !are_repeats_dropped()) publish(built, text);
  }
  errno = saved_errno;
}

std::size_t race_count() noexcept {
  return races.load(std::memory_order_relaxed);  // relaxed: a count
}

std::size_t sighting_count() noexcept {
  return sightings.load(std::memory_order_relaxed);  // relaxed: a count
}

std::vector<std::string> reports_since(std::size_t count) {
  base::spin_guard guard(report_lock);
  const std::size_t fresh = race_count() > count ? race_count() - count : 0;
  if (texts == nullptr || fresh == 0) return {};
  const std::size_t kept = std::min(fresh, texts->size());
  return {texts->end() - static_cast<std::ptrdiff_t>(kept), texts->end()};
}

void set_report_hook(report_hook* fresh) {
  hook.store(fresh, std::memory_order_release);  // release: see report_race()
}

int last_words(int status) {
  // acq_rel: one caller goes on, after whatever the others did
  if (is_over.exchange(true, std::memory_order_acq_rel)) return status;
  inside_guard guard;
  if (live_contexts() > 1 && options().atexit_sleep_ms > 0) sleep_ms(options().atexit_sleep_ms);
  if (options().print_unused_suppressions != 0) write_log(unused_suppressions());
  const std::size_t found = race_count();
  if (found == 0) return status;
  write_log("Found " + std::to_string(found) + " data race(s)\n");
  return static_cast<int>(options().exitcode);
}

void install_exit_handler() { std::atexit(&at_exit_handler); }

}  // namespace vole::race
