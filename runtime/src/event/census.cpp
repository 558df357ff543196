// SPDX-License-Identifier: Apache-2.0
// Where sched's census meets its users.
#include "event/census.h"

#include <atomic>

namespace vole::event {
namespace {
constinit std::atomic<const census_provider*> provider_of_census{nullptr};
}  // namespace

std::string_view text(goroutine_state state) noexcept {
  switch (state) {
    case goroutine_state::runnable:
      return "runnable";
    case goroutine_state::running:
      return "running";
    case goroutine_state::syscall:
      return "syscall";
    case goroutine_state::waiting:
      return "waiting";
    case goroutine_state::dead:
      return "dead";
  }
  return "???";
}

void set_census_provider(const census_provider& provider) {
  provider_of_census.store(&provider,
                           std::memory_order_release);  // release: pairs with the acquires below
}

void for_each_goroutine(void (*visit)(void*, const goroutine_view&), void* argument,
                        bool with_system) {
  const census_provider* provider =
      provider_of_census.load(std::memory_order_acquire);  // acquire: sees the table
  if (provider != nullptr) provider->for_each(visit, argument, with_system);
}

bool view_of_caller(goroutine_view& view) {
  const census_provider* provider =
      provider_of_census.load(std::memory_order_acquire);  // acquire: sees the table
  return provider != nullptr && provider->of_caller != nullptr && provider->of_caller(view);
}

std::string_view name_of(const goroutine& who) {
  const census_provider* provider =
      provider_of_census.load(std::memory_order_acquire);  // acquire: sees the table
  if (provider == nullptr || provider->name_of == nullptr) return {};
  return provider->name_of(who);
}

std::size_t goroutine_count() {
  const census_provider* provider =
      provider_of_census.load(std::memory_order_acquire);  // acquire: sees the table
  return provider != nullptr ? provider->count() : 0;
}

}  // namespace vole::event
