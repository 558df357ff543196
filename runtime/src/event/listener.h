// SPDX-License-Identifier: Apache-2.0
// A listener: one optional handler for each announcement. Attach at start-up (boot) or at run time
// (a profile is asked for).
#pragma once

#include <cstddef>
#include <cstdint>

#include "event/goroutine.h"
#include "event/rules/misuse.h"
#include "event/wait/operation.h"
#include "event/wait_reason.h"

namespace vole::event {

enum class kind : std::uint8_t {
#define VOLE_EVENT(name, parameters, arguments) name,
#include "event/event.def"
#undef VOLE_EVENT
  count
};
inline constexpr std::size_t kKinds = static_cast<std::size_t>(kind::count);
static_assert(kKinds <= 64, "the mask of listened-to events is one word");

struct listener {
#define VOLE_EVENT(name, parameters, arguments) void(*name) parameters = nullptr;
#include "event/event.def"
#undef VOLE_EVENT
};

inline constexpr std::size_t kListenersMax = 6;

// Adds `who`, which must live for ever (a constant at namespace scope), behind those attached
// before. Any thread. Handlers may be called from the moment attach() starts. Attaching one twice
// is an error (check fails).
void attach(const listener& who);
// Removes it. A handler that another thread is in may still finish after detach() has returned:
// handlers must stay safe to call for ever. Does nothing when `who` is not attached.
void detach(const listener& who);

}  // namespace vole::event
