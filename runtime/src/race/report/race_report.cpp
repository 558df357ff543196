// SPDX-License-Identifier: Apache-2.0
// Writing reports one at a time, counting them, and the process's end.
#include "race/report/race_report.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/check.h"
#include "base/spin_lock.h"
#include "race/context.h"
#include "race/report/build_report.h"
#include "race/report/dedupe.h"
#include "race/report/options.h"
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
constinit seen_set seen_ids VOLE_GUARDED_BY(report_lock);
constinit seen_set reported_stacks VOLE_GUARDED_BY(report_lock);  // some of the first
constinit void* report_stack VOLE_GUARDED_BY(report_lock) = nullptr;

constinit std::atomic<std::size_t> races{0};
constinit std::atomic<std::size_t> sightings{0};
constinit std::atomic<report_hook*> hook{nullptr};
constinit std::atomic<bool> is_over{false};

void count_sighting() noexcept {
  sightings.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
}

int log_descriptor() {
  const std::string_view path = options().log_path.value;
  if (path == "stderr" || path.empty()) return STDERR_FILENO;
  if (path == "stdout") return STDOUT_FILENO;
  static const int fd = [&] {
    const std::string name = std::string(path) + "." + std::to_string(getpid());
    const int opened =
        open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);  // NOLINT
    return opened < 0 ? STDERR_FILENO : opened;
  }();
  return fd;
}

void write_log(std::string_view text) {
  const int fd = log_descriptor();
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

struct build_job {
  const race_facts* facts;
  built_report report;
  ucontext_t caller, builder;
};
// makecontext() passes only ints; there is one job at a time.
constinit build_job* current_job VOLE_GUARDED_BY(report_lock) = nullptr;

void run_job() VOLE_NO_THREAD_SAFETY_ANALYSIS {
  current_job->report = build_report(*current_job->facts);
}

built_report build_on_own_stack(const race_facts& facts) VOLE_REQUIRES(report_lock) {
  if (report_stack == nullptr) {
    report_stack = mmap(nullptr, kReportStackBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    VOLE_CHECK(report_stack != MAP_FAILED, "no memory for a race report");
  }
  auto* job = new build_job{&facts, {}, {}, {}};
  current_job = job;
  getcontext(&job->builder);
  job->builder.uc_stack.ss_sp = report_stack;
  job->builder.uc_stack.ss_size = kReportStackBytes;
  job->builder.uc_link = &job->caller;
  makecontext(&job->builder, &run_job, 0);
  swapcontext(&job->caller, &job->builder);
  built_report report = std::move(job->report);
  delete job;
  return report;
}

// True and the text in `text` if it is news.
bool write_report(const race_facts& facts, std::string& text) {
  base::spin_guard guard(report_lock);
  const std::uint64_t stacks = hash_of_stacks(facts.now.stack, facts.before.stack);
  if (!seen_stacks.insert(stacks)) {
    if (reported_stacks.contains(stacks)) count_sighting();
    return false;
  }
  built_report report = build_on_own_stack(facts);
  if (report.is_freed_unseen) return false;
  const bool is_new = seen_ids.insert(report.id);
  if (is_suppressed(report.id, report.functions_and_files)) return false;
  reported_stacks.insert(stacks);
  count_sighting();
  if (!is_new) return false;
  races.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
  write_log(report.text);
  text = std::move(report.text);
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
  std::string text;
  const bool is_new = write_report(facts, text);
  if (is_new && options().halt_on_error != 0) _exit(static_cast<int>(options().exitcode));
  // acquire: pairs with set_report_hook(); sees what the hook was made of
  report_hook* listener = hook.load(std::memory_order_acquire);
  if (is_new && listener != nullptr) listener(text);
  errno = saved_errno;
}

std::size_t race_count() noexcept {
  return races.load(std::memory_order_relaxed);  // relaxed: a count
}

std::size_t sighting_count() noexcept {
  return sightings.load(std::memory_order_relaxed);  // relaxed: a count
}

void set_report_hook(report_hook* fresh) {
  hook.store(fresh, std::memory_order_release);  // release: see report_race()
}

int last_words(int status) {
  // acq_rel: one caller goes on, after whatever the others did
  if (is_over.exchange(true, std::memory_order_acq_rel)) return status;
  inside_guard guard;
  if (live_contexts() > 1 && options().atexit_sleep_ms > 0) sleep_ms(options().atexit_sleep_ms);
  const std::size_t found = race_count();
  if (found == 0) return status;
  write_log("Found " + std::to_string(found) + " data race(s)\n");
  return static_cast<int>(options().exitcode);
}

void install_exit_handler() { std::atexit(&at_exit_handler); }

}  // namespace vole::race
