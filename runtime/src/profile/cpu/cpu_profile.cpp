// SPDX-License-Identifier: Apache-2.0
// start_cpu_profile and stop_cpu_profile: who asked for the profile, and where it goes.
#include <unistd.h>
#include <vole/pprof.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <mutex>
#include <ostream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "format/encode_profile.h"
#include "profile/cpu/cpu_sampler.h"
#include "profile/pprof/build_profile.h"
#include "profile/pprof/pseudo_frame.h"
#include "profile/visible_frames.h"

namespace vole::profile {
namespace {

[[noreturn]] void throw_file_error(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Where a profile goes: a stream of the caller's, or a file beside its final name.
class destination {
 public:
  explicit destination(std::ostream& out) : out_(&out) {}
  explicit destination(std::string path)
      : path_(std::move(path)), partial_path_(path_ + ".partial." + std::to_string(getpid())) {
    file_ = std::fopen(partial_path_.c_str(), "wbe");
    if (file_ == nullptr) throw_file_error("vole: making " + partial_path_);
  }
  ~destination() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    std::remove(partial_path_.c_str());
  }
  destination(const destination&) = delete;
  destination& operator=(const destination&) = delete;

  void write(const std::string& bytes) {
    if (out_ != nullptr) {
      out_->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      out_->flush();
      return;
    }
    const bool is_whole = std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size();
    if (!is_whole) throw_file_error("vole: writing " + partial_path_);
    if (std::fclose(std::exchange(file_, nullptr)) != 0 ||
        std::rename(partial_path_.c_str(), path_.c_str()) != 0) {
      const int cause = errno;
      std::remove(partial_path_.c_str());
      errno = cause;
      throw_file_error("vole: writing " + path_);
    }
  }

 private:
  std::ostream* out_ = nullptr;
  std::string path_, partial_path_;
  std::FILE* file_ = nullptr;
};

std::mutex profile_mutex;
destination* current = nullptr;  // under profile_mutex; owned; while a profile is on

std::string encoded(const cpu_profile_data& data) {
  profile_builder builder({{"samples", "count"}, {"cpu", "nanoseconds"}}, {"cpu", "nanoseconds"},
                          data.period_ns);
  for (const auto& [stack, count] : data.counts) {
    const std::int64_t values[] = {count, count * data.period_ns};
    builder.add(part_above_root(stack.pcs), values, stack.labels);
  }
  if (data.lost != 0) {
    const std::int64_t values[] = {data.lost, data.lost * data.period_ns};
    const std::uintptr_t pc = pc_of(pseudo_frame::lost_samples);
    builder.add({&pc, 1}, values);
  }
  format::profile& profile = builder.finish();
  profile.time_nanos = data.started_at_ns;
  profile.duration_nanos = data.duration_ns;
  return format::encode_profile_gzip(profile);
}

template <class Place>
void start(Place&& place, int hz) {
  if (hz < 1 || hz > 10'000)
    throw std::invalid_argument("vole: a CPU profile's rate is 1 to 10000 Hz, not " +
                                std::to_string(hz));
  const std::lock_guard hold(profile_mutex);
  if (current != nullptr) throw std::runtime_error("cpu profiling already in use");
  auto out = std::make_unique<destination>(std::forward<Place>(place));
  if (!start_cpu_sampling(hz)) throw std::runtime_error("cpu profiling already in use");
  current = out.release();
}

}  // namespace
}  // namespace vole::profile

namespace vole::pprof {

void start_cpu_profile(std::string_view path, int hz) {
  ::vole::profile::start(std::string(path), hz);
}

void start_cpu_profile(std::ostream& out, int hz) { ::vole::profile::start(out, hz); }

void stop_cpu_profile() {
  using namespace ::vole::profile;
  const std::lock_guard hold(profile_mutex);
  if (current == nullptr) return;
  const std::unique_ptr<destination> out(std::exchange(current, nullptr));
  out->write(encoded(stop_cpu_sampling()));
}

}  // namespace vole::pprof
