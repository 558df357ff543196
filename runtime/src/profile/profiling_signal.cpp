// SPDX-License-Identifier: Apache-2.0
// The handler of SIGPROF. Signal-handler code: it allocates nothing and takes no lock.
#include "profile/profiling_signal.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>

#include "base/spin_lock.h"

namespace vole::profile {
namespace {

constinit std::atomic<signal_receiver*> tick_receiver{nullptr};
constinit std::atomic<signal_receiver*> stack_request_receiver{nullptr};
constinit base::spin_lock install_lock{base::lock_rank::leaf};
constinit bool is_installed VOLE_GUARDED_BY(install_lock) = false;
struct sigaction action_before;
// Points to action_before once that is filled in.
constinit std::atomic<const struct sigaction*> passed_on_to{nullptr};

void pass_on(int signal, siginfo_t* info, void* context) {
  // acquire: pairs with the release in install_profiling_signal()
  const struct sigaction* const before = passed_on_to.load(std::memory_order_acquire);
  if (before == nullptr) return;
  if ((before->sa_flags & SA_SIGINFO) != 0) {
    before->sa_sigaction(signal, info, context);
  } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
    before->sa_handler(signal);
  }
}

void on_signal(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const auto purpose = static_cast<signal_purpose>(info->si_value.sival_int);
  const bool is_tick = info->si_code == SI_TIMER && purpose == signal_purpose::tick;
  const bool is_request = info->si_code == SI_QUEUE && info->si_pid == getpid() &&
                          purpose == signal_purpose::stack_request;
  if (is_tick || is_request) {
    auto& place = is_tick ? tick_receiver : stack_request_receiver;
    // acquire: pairs with the releases below
    if (signal_receiver* const receiver = place.load(std::memory_order_acquire))
      receiver(info, context);
  } else {
    pass_on(signal, info, context);
  }
  errno = saved_errno;
}

}  // namespace

void set_tick_receiver(signal_receiver* receiver) noexcept {
  tick_receiver.store(receiver, std::memory_order_release);  // release: pairs with on_signal()
}

void set_stack_request_receiver(signal_receiver* receiver) noexcept {
  // release: pairs with on_signal()
  stack_request_receiver.store(receiver, std::memory_order_release);
}

void install_profiling_signal() {
  base::spin_guard guard(install_lock);
  if (is_installed) return;
  struct sigaction action{};
  action.sa_sigaction = &on_signal;
  // SA_ONSTACK: the thread's alternative stack, if it has one. SA_RESTART: reads and writes go on.
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  struct sigaction before{};
  if (sigaction(kProfilingSignal, &action, &before) != 0)
    throw std::system_error(errno, std::generic_category(), "vole: installing SIGPROF's handler");
  action_before = before;
  passed_on_to.store(&action_before, std::memory_order_release);  // release: pairs with pass_on()
  is_installed = true;
}

}  // namespace vole::profile
