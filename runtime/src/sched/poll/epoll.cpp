// SPDX-License-Identifier: Apache-2.0
// Changes of descriptors by epoll, edge-triggered.
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"
#include "sched/poll/events.h"

namespace vole::sched::poll_events {
namespace {

constexpr std::uint64_t kInterruptTag = UINT64_MAX;

// Written by start(), which happens before every other use.
constinit int set_fd = -1;
constinit int interrupt_fd = -1;

change change_of(const epoll_event& event) {
  change told;
  told.tag = event.data.u64;
  constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  told.is_readable = (event.events & (EPOLLIN | EPOLLPRI | kEnd)) != 0;
  told.is_writable = (event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
  told.is_ending = (event.events & (EPOLLPRI | kEnd)) != 0;
  return told;
}

void forget_interrupt() {
  std::uint64_t count = 0;
  while (read(interrupt_fd, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

}  // namespace

void start() {
  set_fd = epoll_create1(EPOLL_CLOEXEC);
  interrupt_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  VOLE_CHECK(set_fd >= 0, "epoll_create1 failed");
  VOLE_CHECK(interrupt_fd >= 0, "eventfd failed");
  // Not by edges: one who does not block must not take the edge from the one who is to be woken.
  epoll_event event{EPOLLIN, {.u64 = kInterruptTag}};
  VOLE_CHECK(epoll_ctl(set_fd, EPOLL_CTL_ADD, interrupt_fd, &event) == 0, "epoll_ctl failed");
}

int add(int fd, std::uint64_t tag) noexcept {
  VOLE_ASSERT(tag != kInterruptTag);
  epoll_event event{EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET, {.u64 = tag}};
  return epoll_ctl(set_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void remove(int fd) noexcept {
  epoll_event unused{};
  epoll_ctl(set_fd, EPOLL_CTL_DEL, fd, &unused);  // fails only when it is gone already
}

std::size_t wait(bool may_block, change (&changes)[kChangesMax]) noexcept {
  epoll_event events[kChangesMax];
  int count = 0;
  do {
    count = epoll_wait(set_fd, events, static_cast<int>(kChangesMax), may_block ? -1 : 0);
  } while (count < 0 && errno == EINTR && may_block);
  std::size_t told = 0;
  for (int i = 0; i < count; ++i) {
    if (events[i].data.u64 != kInterruptTag)
      changes[told++] = change_of(events[i]);
    else if (may_block)
      forget_interrupt();
  }
  return told;
}

void interrupt() noexcept {
  const std::uint64_t one = 1;
  while (write(interrupt_fd, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

}  // namespace vole::sched::poll_events
