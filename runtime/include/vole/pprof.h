// SPDX-License-Identifier: Apache-2.0
// Profiles in pprof's format: what `go tool pprof` and `vole pprof` read, and /debug/pprof serves.
//
//   vole::pprof::server s{"127.0.0.1:6060"};               // serves /debug/pprof/
//   vole::pprof::start_cpu_profile("cpu.pb.gz");           // read it by `vole pprof cpu.pb.gz`
//   vole::pprof::with_labels({{"job", "import"}}, [&] { import_all(); });
//   vole::pprof::stop_cpu_profile();
//   vole::pprof::lookup("goroutine")->write_to(std::cout, 2);
//
// Everything may be called on any thread and blocks the thread (not only the goroutine) while it
// collects, symbolizes and writes. No happens-before edge may be relied on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace vole::pprof {

// Samples every thread of the process, `hz` times for each second of CPU time that the thread uses
// (1 to 10,000; the kernel sends at most CONFIG_HZ signals a second, and a sample then counts for
// several). Throws std::runtime_error("cpu profiling already in use") while one is running,
// std::invalid_argument for another hz, std::system_error when the file can't be made or a timer
// can't be set. Uses SIGPROF.
//
// The file is written beside `path` and renamed to it by stop: nobody ever reads half a profile.
// The stream must live until stop_cpu_profile() has returned, which is when it is written.
void start_cpu_profile(std::string_view path, int hz = 100);
void start_cpu_profile(std::ostream& out, int hz = 100);

// Ends the profile and writes it. Does nothing when none is running. Throws std::system_error when
// the file can't be written; the profile is lost then.
void stop_cpu_profile();

namespace detail {
struct profile_state;
}

// A named collection of stacks. Lives for ever; made by the library or by new_profile().
class profile {
 public:
  explicit profile(std::unique_ptr<detail::profile_state> state);
  ~profile();
  profile(const profile&) = delete;
  profile& operator=(const profile&) = delete;

  std::string_view name() const;
  // How many stacks it has now: goroutines, contended waits, keys ...
  std::size_t count() const;

  // Remembers the caller's stack under `key`, without its `skip` innermost frames. Only for
  // profiles of new_profile(). Throws std::logic_error when the key is there already ("pprof:
  // profile.add of duplicate value") or the profile is the library's own.
  void add(const void* key, int skip = 0);
  // Forgets the key; nothing happens when it is unknown. Throws as add() for the library's own.
  void remove(const void* key);

  // 0: gzipped profile.proto. 1: text that pprof also reads, with names as comments. 2: for the
  // goroutine profile, Go's traceback of each goroutine; for others the same as 1.
  void write_to(std::ostream& out, int debug = 0) const;

  detail::profile_state& state() const { return *state_; }  // the library's

 private:
  std::unique_ptr<detail::profile_state> state_;
};

// The profile of that name, or null. The library's: goroutine (where each one is), goroutineleak
// (those proven never to wake), heap and allocs (sampled memory, see set_mem_profile_rate), block
// and mutex (see their rates), threadcreate.
profile* lookup(std::string_view name);

// Throws std::invalid_argument for an empty name or one that is taken.
profile* new_profile(std::string_view name);

using label_list = std::initializer_list<std::pair<std::string_view, std::string_view>>;

namespace detail {
class label_scope {
 public:
  explicit label_scope(label_list labels);
  ~label_scope();
  label_scope(const label_scope&) = delete;
  label_scope& operator=(const label_scope&) = delete;

 private:
  const void* outer_;
};
}  // namespace detail

// Runs f with the labels added to those of the goroutine (a key that is there gets the new value)
// and gives what f returns. Goroutines that f starts inherit them. They appear in CPU and goroutine
// profiles and in tracebacks. An exception of f passes through.
template <class F>
decltype(auto) with_labels(label_list labels, F&& f) {
  const detail::label_scope scope(labels);
  return std::forward<F>(f)();
}

// The block profile: of waits that took d nanoseconds, a share min(1, d / ns) is kept and scaled up
// again. 0 turns it off (the default), 1 keeps all. For channels, select and what sync.h has.
void set_block_profile_rate(std::int64_t ns);

// The mutex profile: 1 of n contended unlocks is kept and scaled up. 0 turns it off (the default);
// below 0 only reads. Gives the rate before.
int set_mutex_profile_fraction(int n);

// The heap profile: about one allocation for each `bytes` bytes is remembered. 0 turns it off. Go
// samples from the start; here the default is 0.
void set_mem_profile_rate(std::int64_t bytes);

// Serves /debug/pprof/ as Go's net/http/pprof does, on threads of its own.
class server {
 public:
  // "127.0.0.1:6060"; port 0 takes a free one. Throws std::system_error when it can't listen and
  // std::invalid_argument when `address` is not host:port.
  explicit server(std::string_view address);
  // Stops listening, ends a CPU profile that a request still waits for, and joins the threads.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  std::string address() const;  // with the port that was taken: "127.0.0.1:40123"
  int port() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace vole::pprof
