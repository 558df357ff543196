// SPDX-License-Identifier: Apache-2.0
// The list of all profiles, and the public class's members.
#include "profile/pprof/registry.h"

#include <map>
#include <mutex>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace vole::pprof::detail {

std::string profile_state::text(int /*debug*/) const {
  return ::vole::profile::count_text(name, collect());
}
bool profile_state::add(const void* /*key*/, int /*skip*/) { return false; }
bool profile_state::remove(const void* /*key*/) { return false; }

}  // namespace vole::pprof::detail

namespace vole::profile {
namespace {

class registry {
 public:
  registry() {
    for (auto make :
         {&make_goroutine_profile, &make_goroutineleak_profile, &make_threadcreate_profile,
          &make_block_profile, &make_mutex_profile, &make_heap_profile, &make_allocs_profile})
      insert(make());
  }

  pprof::profile* find(std::string_view name) {
    const std::lock_guard hold(mutex_);
    const auto found = profiles_.find(name);
    return found == profiles_.end() ? nullptr : found->second.get();
  }

  // Null when the name is taken.
  pprof::profile* insert(std::unique_ptr<profile_state> state) {
    const std::lock_guard hold(mutex_);
    const std::string name = state->name;
    const auto [place, is_new] = profiles_.try_emplace(name);
    if (!is_new) return nullptr;
    place->second = std::make_unique<pprof::profile>(std::move(state));
    return place->second.get();
  }

  std::vector<pprof::profile*> all() {
    const std::lock_guard hold(mutex_);
    std::vector<pprof::profile*> result;
    result.reserve(profiles_.size());
    for (const auto& [name, profile] : profiles_) result.push_back(profile.get());
    return result;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<pprof::profile>, std::less<>> profiles_;
};

registry& the_registry() {
  static auto* const instance = new registry;  // profiles live for ever
  return *instance;
}

}  // namespace

std::vector<pprof::profile*> all_profiles() { return the_registry().all(); }

}  // namespace vole::profile

namespace vole::pprof {

profile::profile(std::unique_ptr<detail::profile_state> state) : state_(std::move(state)) {}
profile::~profile() = default;

std::string_view profile::name() const { return state_->name; }
std::size_t profile::count() const { return state_->count(); }

void profile::add(const void* key, int skip) {
  if (!state_->add(key, skip))
    throw std::logic_error("pprof: profile.add on the library's own profile " + state_->name);
}

void profile::remove(const void* key) {
  if (!state_->remove(key))
    throw std::logic_error("pprof: profile.remove on the library's own profile " + state_->name);
}

void profile::write_to(std::ostream& out, int debug) const {
  out << (debug > 0 ? state_->text(debug) : ::vole::profile::encode(state_->collect()));
}

profile* lookup(std::string_view name) { return ::vole::profile::the_registry().find(name); }

profile* new_profile(std::string_view name) {
  if (name.empty()) throw std::invalid_argument("pprof: new_profile with empty name");
  profile* const made =
      ::vole::profile::the_registry().insert(::vole::profile::make_custom_profile(name));
  if (made == nullptr)
    throw std::invalid_argument("pprof: new_profile name already in use: " + std::string(name));
  return made;
}

}  // namespace vole::pprof
