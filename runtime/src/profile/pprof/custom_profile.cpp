// SPDX-License-Identifier: Apache-2.0
// A program's own profile: the stacks that added keys which are not yet removed.
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "base/clock.h"
#include "profile/pprof/registry.h"
#include "profile/visible_frames.h"
#include "symbol/unwind.h"

namespace vole::profile {
namespace {

constexpr std::size_t kFramesMax = 128;

class custom_profile final : public profile_state {
 public:
  explicit custom_profile(std::string_view profile_name) : profile_state(profile_name) {}

  std::size_t count() const override {
    const std::lock_guard hold(mutex_);
    return stacks_.size();
  }

  collected_profile collect() const override {
    collected_profile result{.sample_types = {{name, "count"}},
                             .period_type = {name, "count"},
                             .collected_at_ns = base::wall_ns()};
    const std::lock_guard hold(mutex_);
    for (const auto& [key, pcs] : stacks_) {
      auto& values = result.samples[{pcs, {}}];
      values.resize(1);
      ++values[0];
    }
    return result;
  }

  bool add(const void* key, int skip) override {
    symbol::prepare_unwind();
    std::uintptr_t pcs[kFramesMax];
    const std::size_t depth = symbol::unwind_here(pcs, kFramesMax);
    // Without add() itself and what it called; `skip` counts the caller's frames, as Go's does.
    std::span<const std::uintptr_t> shown = visible_part({pcs, depth});
    shown = shown.subspan(std::min(static_cast<std::size_t>(std::max(skip, 0)), shown.size()));
    const std::lock_guard hold(mutex_);
    const bool is_new = stacks_.try_emplace(key, shown.begin(), shown.end()).second;
    if (!is_new) throw std::logic_error("pprof: profile.add of duplicate value");
    return true;
  }

  bool remove(const void* key) override {
    const std::lock_guard hold(mutex_);
    stacks_.erase(key);
    return true;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<const void*, std::vector<std::uintptr_t>> stacks_;
};

}  // namespace

std::unique_ptr<profile_state> make_custom_profile(std::string_view name) {
  return std::make_unique<custom_profile>(name);
}

}  // namespace vole::profile
