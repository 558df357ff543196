// SPDX-License-Identifier: Apache-2.0
// The words of misuses.
#include "event/rules/misuse.h"

#include <cstddef>

namespace vole::event {
namespace {

struct words {
  std::string_view text, deed, former_deed;
};
// By misuse.
constexpr words kWords[] = {
    {"close of closed channel", "close", "close"},
    {"close of nil channel", "close", ""},
    {"send on closed channel", "send", "close"},
    {"sync: negative WaitGroup counter", "done", ""},
    {"sync: WaitGroup misuse: Add called concurrently with Wait", "add", ""},
    {"sync: unlock of unlocked mutex", "unlock", "lock"},
    {"sync: Unlock of unlocked RWMutex", "unlock", ""},
    {"sync: RUnlock of unlocked RWMutex", "unlock", ""},
    {"destruction of a locked mutex", "destruction", "lock"},
};

const words& words_of(misuse what) noexcept { return kWords[static_cast<std::size_t>(what)]; }

}  // namespace

std::string_view text(misuse what) noexcept { return words_of(what).text; }
std::string_view deed_of(misuse what) noexcept { return words_of(what).deed; }
std::string_view former_deed_of(misuse what) noexcept { return words_of(what).former_deed; }

}  // namespace vole::event
