// SPDX-License-Identifier: Apache-2.0
// The functions of <vole/race.h> in vole::vole, where no detector is: they do nothing.
#include <vole/detail/race_scope.h>
#include <vole/race.h>

#if !defined(VOLE_RACE)
namespace vole::race {

bool enabled() noexcept { return false; }
std::size_t error_count() noexcept { return 0; }
void acquire(const volatile void*) {}
void release(const volatile void*) {}
void release_merge(const volatile void*) {}
void read(const volatile void*, std::size_t) {}
void write(const volatile void*, std::size_t) {}
void disable() {}
void enable() {}
void set_report_callback(std::function<void(std::string_view)>) {}
std::string detail::reports_since(std::size_t) { return {}; }

}  // namespace vole::race
#endif
