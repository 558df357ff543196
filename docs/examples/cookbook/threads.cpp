// SPDX-License-Identifier: Apache-2.0
// Goroutines beside threads, blocking libraries and child processes: the examples of
// docs/THREADS.md.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/sync.h>

#include <cerrno>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "recipe.h"

namespace {

void thread_and_channel() {
  // [quote thread-and-channel]
  const auto lines = vole::make_chan<std::string>();
  std::thread reader([lines] {  // becomes a goroutine of its own at its first send
    for (const char* line : {"  one", "  two"}) lines.send(line);
    lines.close();
  });
  vole::wait_group printer;
  printer.go([lines] {
    for (const std::string& line : lines) std::printf("%s\n", line.c_str());
  });
  printer.wait();
  vole::blocking([&] { reader.join(); });
  // [/quote]
}

// A library of the kind that calls back on a thread of its own.
class sensor {
 public:
  using callback = void (*)(void* user, int reading);
  void start(callback call, void* user) {
    thread_ = std::thread([=] {
      for (int reading = 20; reading < 25; ++reading) call(user, reading);
    });
  }
  void stop() { thread_.join(); }

 private:
  std::thread thread_;
};

void callback_from_a_library() {
  sensor thermometer;
  // [quote callback]
  const auto readings = vole::make_chan<int>(16);
  thermometer.start(
      [](void* user, int reading) {
        // No wait on somebody else's thread: what finds no room is lost.
        static_cast<const vole::chan<int>*>(user)->try_send(reading);
      },
      const_cast<vole::chan<int>*>(&readings));
  int sum = 0;
  for (int i = 0; i < 5; ++i) sum += *readings.recv();
  vole::blocking([&] { thermometer.stop(); });  // and only then may `readings` go
  // [/quote]
  std::printf("  %d\n", sum);
}

// [quote thread-affine]
// For a library that wants to be called by one and the same thread: a goroutine that keeps its
// thread, and does what the others ask it to do there.
class thread_of_one {
 public:
  thread_of_one() {
    owner_.go([orders = orders_] {
      vole::lock_os_thread();
      for (const std::function<void()>& order : orders) order();
    });
  }
  ~thread_of_one() {
    orders_.close();
    owner_.wait();
  }

  template <class F>
  auto call(F f) const {
    const auto answer = vole::make_chan<std::invoke_result_t<F&>>(1);
    orders_.send([&] { answer.send(f()); });
    return *answer.recv();
  }

 private:
  vole::chan<std::function<void()>> orders_ = vole::make_chan<std::function<void()>>();
  vole::wait_group owner_;
};
// [/quote]

void thread_affine_library() {
  const thread_of_one library;
  const auto first = library.call([] { return gettid(); });
  vole::wait_group users;
  for (int i = 0; i < 4; ++i) {
    users.go([&] {
      if (library.call([] { return gettid(); }) != first) std::printf("  another thread\n");
    });
  }
  users.wait();
  std::printf("  always the same thread\n");
}

void pinned() {
  vole::wait_group all;
  for (int i = 0; i < 4; ++i) {
    all.go([i] {
      // [quote pin]
      thread_local int scratch = 0;
      const vole::pin stay;
      scratch = i;
      vole::yield();  // the thread runs nobody else meanwhile
      if (scratch != i) std::printf("  somebody wrote to it\n");
      // [/quote]
    });
  }
  all.wait();
  std::printf("  undisturbed\n");
}

// [quote future]
// Waits for a std::future without holding up other goroutines: its own wait blocks the thread.
template <class T>
T await(std::future<T> promised) {
  return vole::blocking([&] { return promised.get(); });
}
// [/quote]

void future_of_std() {
  std::promise<int> promise;
  vole::go([&promise] { promise.set_value(42); });
  std::printf("  %d\n", await(promise.get_future()));
}

void stop_token() {
  // [quote stop-token]
  std::jthread worker([](std::stop_token stop) {
    const vole::context ctx(stop);
    ctx.done().recv();  // or any call that takes a context
    std::printf("  %s\n", ctx.err().message().c_str());
  });
  worker.request_stop();
  vole::blocking([&] { worker.join(); });
  // [/quote]
}

// [quote errno]
// errno is the thread's: it is read before anything else is called, and goes on as a value.
std::error_code open_and_close(const char* path) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {errno, std::generic_category()};
  ::close(fd);
  return {};
}
// [/quote]

void error_numbers() {
  vole::wait_group all;
  all.go([] {
    const std::error_code failed = open_and_close("/nonexistent");
    vole::yield();  // on whatever thread it goes on
    std::printf("  %s\n", failed.message().c_str());
  });
  all.wait();
}

// [quote goroutine-local]
// What a thread_local would be for in a program of threads: a value that goes down the calls.
const vole::context_key<std::string> kRequestId = {"request id"};

void log(const vole::context& ctx, const char* text) {
  const std::string* const id = ctx.value(kRequestId);
  std::printf("  [%s] %s\n", id != nullptr ? id->c_str() : "-", text);
}
// [/quote]

void goroutine_local() {
  vole::wait_group all;
  all.go([ctx = vole::with_value(vole::background(), kRequestId, "r1")] {
    vole::yield();
    log(ctx, "served");
  });
  all.wait();
  log(vole::background(), "idle");
}

// [quote child-process]
// Runs a program; other goroutines run on meanwhile. The child never runs a line of our code,
// which a fork() does not promise.
int run(const char* program, char* const arguments[]) {
  pid_t child = 0;
  const int error = posix_spawn(&child, program, nullptr, nullptr, arguments, environ);
  if (error != 0) throw std::system_error(error, std::generic_category(), program);
  return vole::blocking([&] {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return status;
  });
}
// [/quote]

void child_process() {
  vole::wait_group all;
  all.go([] {
    char name[] = "false";
    char* const arguments[] = {name, nullptr};
    std::printf("  exit status %d\n", WEXITSTATUS(run("/bin/false", arguments)));
  });
  all.wait();
}

void exceptions_across_switches() {
  vole::wait_group all;
  for (int i = 0; i < 2; ++i) {
    all.go([i] {
      try {
        throw std::runtime_error(std::to_string(i));
      } catch (const std::exception&) {
        vole::yield();  // in the handler: the other one catches its own meanwhile
        try {
          throw;  // this goroutine's, on whatever thread
        } catch (const std::exception& mine) {
          if (mine.what() != std::to_string(i)) std::printf("  somebody else's\n");
        }
      }
    });
  }
  all.wait();
  std::printf("  each has its own\n");
}

}  // namespace

int main() {
  return cookbook::run_all({{"thread and channel", thread_and_channel},
                            {"callback from a library", callback_from_a_library},
                            {"thread-affine library", thread_affine_library},
                            {"pin", pinned},
                            {"std::future", future_of_std},
                            {"std::stop_token", stop_token},
                            {"errno", error_numbers},
                            {"goroutine-local value", goroutine_local},
                            {"child process", child_process},
                            {"exceptions across switches", exceptions_across_switches}});
}
