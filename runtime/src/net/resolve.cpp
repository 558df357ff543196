// SPDX-License-Identifier: Apache-2.0
// Looking up names with getaddrinfo(), which blocks its thread.
//
// It can't be stopped either. So when the dial may be aborted, a goroutine of the runtime's own
// does the look-up; an aborted dial leaves it behind, and it ends in its own time.
#include "net/resolve.h"

#include <errno.h>
#include <netdb.h>

#include <cstring>
#include <memory>
#include <utility>

#include <vole/detail/spawn.h>

#include "event/emit.h"
#include "net/core.h"
#include "sched/park.h"
#include "sched/spawn.h"

namespace vole::net {
namespace {

std::error_code error_of_lookup(int error, int number) {
  switch (error) {
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
      return errc::no_such_host;
    case EAI_SERVICE:
      return errc::unknown_port;
    case EAI_AGAIN:
      return std::make_error_code(std::errc::resource_unavailable_try_again);
    case EAI_MEMORY:
      return std::make_error_code(std::errc::not_enough_memory);
    case EAI_SYSTEM:
      return system_error_code(number);
    default:
      return errc::no_such_host;
  }
}

struct lookup {
  host_and_port parts;
  int family = AF_UNSPEC;
  bool is_passive = false;
  std::error_code failed;
  std::vector<endpoint> found;

  void run() {
    addrinfo hints = {};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = is_passive ? AI_PASSIVE : 0;
    addrinfo* list = nullptr;
    int error = 0, number = 0;
    {
      const vole::detail::blocking_scope scope;
      error = getaddrinfo(parts.host.empty() ? nullptr : parts.host.c_str(),
                          parts.port.empty() ? "0" : parts.port.c_str(), &hints, &list);
      number = errno;
    }
    if (error != 0) {
      failed = error_of_lookup(error, number);
      return;
    }
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
      endpoint made;
      std::memcpy(&made.storage, one->ai_addr, one->ai_addrlen);
      made.bytes = one->ai_addrlen;
      found.push_back(made);
    }
    freeaddrinfo(list);
    if (found.empty()) failed = errc::no_such_host;
  }
};

// What the dial and the goroutine that looks up for it share.
struct shared_lookup {
  event::announced_count references;
  lookup task;
  bool is_done = false;  // under the dial's guard
  vole::detail::net_handle<dial_core> dial;
};

void release(shared_lookup& shared) {
  if (shared.references.release()) delete &shared;
}

// The goroutine's function.
void run_lookup(void* closure) {
  auto& shared = *static_cast<shared_lookup*>(closure);
  shared.task.run();
  event::emit::group_done(&shared.task);
  dial_core& dial = *shared.dial.get();
  event::goroutine* waiter = nullptr;
  {
    base::spin_guard guard(dial.guard);
    shared.is_done = true;
    waiter = std::exchange(dial.waiter, nullptr);
  }
  if (waiter != nullptr) sched::ready(waiter);
  release(shared);
}

std::error_code look_up_abortably(dial_core& dial, lookup&& task,
                                  std::vector<endpoint>& to) VOLE_NO_THREAD_SAFETY_ANALYSIS {
  auto* const shared = new shared_lookup;
  shared->task = std::move(task);
  vole::detail::retain(&dial);
  shared->dial = vole::detail::net_handle<dial_core>(&dial);
  shared->references.retain();
  sched::spawn_request request;
  request.run = &run_lookup;
  request.closure = shared;
  request.name = "resolver";
  request.is_system = true;
  event::goroutine* const self = sched::current();
  request.creator = self;
  sched::spawn(request);
  dial.guard.lock();
  if (!shared->is_done && !dial.is_aborted) {
    dial.waiter = self;
    sched::park_and_unlock(event::wait_reason::io_wait, &dial, dial.guard);
    dial.guard.lock();
  }
  const bool is_done = shared->is_done;
  dial.guard.unlock();
  std::error_code failed = std::make_error_code(std::errc::operation_canceled);
  if (is_done) {
    event::emit::group_waited(&shared->task);
    failed = shared->task.failed;
    to = std::move(shared->task.found);
  }
  release(*shared);
  return failed;
}

}  // namespace

std::error_code resolve(std::string_view network, std::string_view text, bool is_passive,
                        dial_core* dial, std::vector<endpoint>& to) {
  lookup task;
  task.family = family_of(network);
  task.is_passive = is_passive;
  if (task.family < 0) return errc::unknown_network;
  if (task.family == AF_UNIX) return to_unix_endpoint(text, to.emplace_back());
  if (const std::error_code failed = split(text, task.parts)) return failed;
  if (to_numeric_endpoints(task.parts, task.family, is_passive, to)) return {};
  if (dial != nullptr) return look_up_abortably(*dial, std::move(task), to);
  task.run();
  to = std::move(task.found);
  return task.failed;
}

}  // namespace vole::net
