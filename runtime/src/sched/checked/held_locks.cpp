// SPDX-License-Identifier: Apache-2.0
// Which of the C library's locks a thread holds, while VOLE_CHECKED=1.
//
// A mutex of the C library belongs to a thread. A goroutine that waits with one in its hand may go
// on elsewhere and unlock there what another thread owns; and whoever wants the lock meanwhile
// stops a thread and not a goroutine. Adopted goroutines and those bound to their thread are free
// to do it. A list for each thread is enough: between lock and wait nobody changes threads.
#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <type_traits>

#include "base/raw_log.h"
#include "event/traceback.h"
#include "sched/checked/checked.h"
#include "sched/machine/redirect.h"
#include "sched/park.h"

namespace vole::sched {
namespace {

constexpr int kHeldMax = 16;  // of one thread at a time; further ones are not watched

struct held_lock {
  const volatile void* lock;
  std::uintptr_t pc;  // where the call that took it returns to
};

struct held_list {
  int count;
  held_lock entries[kHeldMax];
};
[[gnu::tls_model("initial-exec")]] constinit thread_local held_list held{};

void note_locked(const volatile void* lock, void* pc) {
  if (held.count < kHeldMax)
    held.entries[held.count] = {lock, reinterpret_cast<std::uintptr_t>(pc)};
  if (held.count < kHeldMax) ++held.count;
}

void note_unlocked(const volatile void* lock) {
  for (int i = held.count - 1; i >= 0; --i) {
    if (held.entries[i].lock != lock) continue;
    for (int k = i + 1; k < held.count; ++k) held.entries[k - 1] = held.entries[k];
    --held.count;
    return;
  }
}

// NAME, its real function, and the watching one: for those that take a lock ...
#define VOLE_TAKES(name, parameters, arguments)                                            \
  constinit std::add_pointer_t<int parameters> real_##name = nullptr;                      \
  [[gnu::noinline]] int watched_##name parameters {                                        \
    const int error = real_##name arguments;                                               \
    /* of a robust mutex whose owner has died, too */                                      \
    if (error == 0 || error == EOWNERDEAD) note_locked(lock, __builtin_return_address(0)); \
    return error;                                                                          \
  }
// ... and for those that give one back.
#define VOLE_GIVES(name, parameters, arguments)                       \
  constinit std::add_pointer_t<int parameters> real_##name = nullptr; \
  int watched_##name parameters {                                     \
    note_unlocked(lock);                                              \
    return real_##name arguments;                                     \
  }
#include "sched/checked/locks.def"
#undef VOLE_TAKES
#undef VOLE_GIVES

}  // namespace

void watch_locks() {
  bool has_all = true;
#define VOLE_TAKES(name, parameters, arguments)                               \
  real_##name = reinterpret_cast<int(*) parameters>(dlsym(RTLD_NEXT, #name)); \
  if (real_##name == nullptr) has_all = false;
#define VOLE_GIVES VOLE_TAKES
#include "sched/checked/locks.def"
#undef VOLE_TAKES
  if (!has_all) {  // there is nothing to redirect either
    base::raw_writer() << "vole: VOLE_CHECKED=1: goroutines change threads, but in a static "
                          "executable waits with a lock held are not noticed\n";
    return;
  }
#define VOLE_TAKES(name, parameters, arguments) {#name, reinterpret_cast<void*>(&watched_##name)},
  static const redirection table[] = {
#include "sched/checked/locks.def"
  };
#undef VOLE_TAKES
#undef VOLE_GIVES
  redirect_imports(table);
}

void refuse_held_locks(const g& self, const char* what) {
  if (held.count == 0 || self.is_adopted || self.lock_count > 0) return;
  const held_lock first = held.entries[0];
  held.count = 0;  // what the report does is no longer watched
  const std::string text = std::string("goroutine ") + what +
                           " while it holds a pthread mutex locked at " +
                           event::place_text(first.pc);
  fatal(text.c_str());
}

}  // namespace vole::sched
