// SPDX-License-Identifier: Apache-2.0
// The profiles goroutine, goroutineleak and threadcreate: who is there, and where.
#include <dirent.h>

#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "profile/goroutine_snapshot.h"
#include "profile/goroutine_traceback.h"
#include "profile/pprof/pseudo_frame.h"
#include "profile/pprof/registry.h"
#include "profile/pprof/unreachable.h"
#include "profile/visible_frames.h"

namespace vole::profile {
namespace {

collected_profile collected_from(std::string_view name,
                                 const std::vector<goroutine_record>& goroutines) {
  collected_profile result{.sample_types = {{name, "count"}},
                           .period_type = {name, "count"},
                           .collected_at_ns = base::wall_ns()};
  // Raw stacks first: what is hidden is decided once for each.
  std::map<labelled_stack, std::int64_t> raw;
  for (const goroutine_record& g : goroutines) {
    labelled_stack stack{g.pcs, {}};
    if (!g.has_stack) stack.pcs = {pc_of(pseudo_frame::stack_unavailable)};
    if (g.labels.get() != nullptr) stack.labels = g.labels.get()->entries();
    ++raw[std::move(stack)];
  }
  for (const auto& [stack, count] : raw) {
    const auto shown = visible_part(stack.pcs);
    auto& values = result.samples[{{shown.begin(), shown.end()}, stack.labels}];
    values.resize(1);
    values[0] += count;
  }
  return result;
}

class goroutine_profile final : public profile_state {
 public:
  goroutine_profile() : profile_state("goroutine") {}
  std::size_t count() const override { return event::goroutine_count(); }
  collected_profile collect() const override { return collected_from(name, snapshot_of_all()); }
  std::string text(int debug) const override {
    return debug >= 2 ? write_traceback(event::traceback_scope::all) : profile_state::text(debug);
  }
  std::string_view description() const override {
    return "Stack traces of all current goroutines. Use debug=2 as a query parameter to export in "
           "the same format as an unrecovered panic.";
  }
};

class goroutineleak_profile final : public profile_state {
 public:
  goroutineleak_profile() : profile_state("goroutineleak") {}
  std::size_t count() const override { return leaked().size(); }
  collected_profile collect() const override { return collected_from(name, leaked()); }
  std::string text(int debug) const override {
    return debug >= 2 ? traceback_of(leaked()) : profile_state::text(debug);
  }
  std::string_view description() const override {
    return "Stack traces of goroutines that are proven never to wake.";
  }

 private:
  static std::vector<goroutine_record> leaked() {
    const std::vector<std::uint64_t> ids = unreachable_goroutines();
    if (ids.empty()) return {};
    // They do not move: the proof says so.
    std::vector<goroutine_record> all = snapshot_of_all();
    std::erase_if(
        all, [&](const goroutine_record& g) { return std::ranges::find(ids, g.id) == ids.end(); });
    return all;
  }
};

class threadcreate_profile final : public profile_state {
 public:
  threadcreate_profile() : profile_state("threadcreate") {}
  std::size_t count() const override {
    const auto closer = [](DIR* d) { closedir(d); };
    const std::unique_ptr<DIR, decltype(closer)> tasks(opendir("/proc/self/task"), closer);
    std::size_t threads = 0;
    while (const dirent* const one = tasks != nullptr ? readdir(tasks.get()) : nullptr)
      threads += one->d_name[0] != '.';
    return threads;
  }
  collected_profile collect() const override {
    collected_profile result{.sample_types = {{name, "count"}},
                             .period_type = {name, "count"},
                             .collected_at_ns = base::wall_ns()};
    result.samples[{{pc_of(pseudo_frame::thread_created)}, {}}] = {
        static_cast<std::int64_t>(count())};
    return result;
  }
  std::string_view description() const override {
    return "The operating system's threads that the process has now. Who made them is not "
           "recorded.";
  }
};

}  // namespace

std::unique_ptr<profile_state> make_goroutine_profile() {
  return std::make_unique<goroutine_profile>();
}
std::unique_ptr<profile_state> make_goroutineleak_profile() {
  return std::make_unique<goroutineleak_profile>();
}
std::unique_ptr<profile_state> make_threadcreate_profile() {
  return std::make_unique<threadcreate_profile>();
}

}  // namespace vole::profile
