// SPDX-License-Identifier: Apache-2.0
// Profiles for the tests of the tools: small ones written down, and random ones from a seed.
#include "fixtures.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/prng.h"

extern char** environ;

namespace vole::test {
namespace {

using format::profile;

constexpr std::int64_t kNoon = 1'764'072'000'123'456'000;  // 2025-11-25 12:00:00.123456 UTC

// Fills a profile by names instead of ids.
class maker {
 public:
  std::uint64_t function(const std::string& name, const std::string& file,
                         std::int64_t start_line = 0) {
    p.functions.push_back({.id = p.functions.size() + 1,
                           .name = id(name),
                           .system_name = id(name),
                           .filename = id(file),
                           .start_line = start_line});
    return p.functions.size();
  }
  std::uint64_t location(std::uint64_t mapping, std::uint64_t address,
                         std::vector<format::line> lines = {}) {
    p.locations.push_back({.id = p.locations.size() + 1,
                           .mapping_id = mapping,
                           .address = address,
                           .lines = std::move(lines)});
    return p.locations.size();
  }
  void mapping(std::uint64_t start, std::uint64_t limit, const std::string& file,
               const std::string& build_id) {
    p.mappings.push_back({.id = p.mappings.size() + 1,
                          .memory_start = start,
                          .memory_limit = limit,
                          .file_offset = 0,
                          .filename = id(file),
                          .build_id = id(build_id)});
  }
  void type(const std::string& name, const std::string& unit) {
    p.sample_types.push_back({id(name), id(unit)});
  }
  void sample(std::vector<std::uint64_t> stack, std::vector<std::int64_t> values,
              std::vector<format::label> labels = {}) {
    p.samples.push_back({std::move(stack), std::move(values), std::move(labels)});
  }
  format::label text(const std::string& key, const std::string& value) {
    return {.key = id(key), .str = id(value), .num = 0, .num_unit = 0};
  }
  format::label number(const std::string& key, std::int64_t value, const std::string& unit = {}) {
    return {.key = id(key), .str = 0, .num = value, .num_unit = id(unit)};
  }
  format::string_id id(const std::string& s) { return p.strings.intern(s); }

  profile p;
};

}  // namespace

profile cpu_profile() {
  maker m;
  m.type("samples", "count");
  m.type("cpu", "nanoseconds");
  m.p.period_type = format::value_type{m.id("cpu"), m.id("nanoseconds")};
  m.p.period = 10'000'000;
  m.p.time_nanos = kNoon;
  m.p.duration_nanos = 2'500'000'000;
  m.p.comments = {m.id("dispatch --parcels=4000"), m.id("#not in the header")};
  m.mapping(0x400000, 0x500000, "/opt/dispatch/bin/dispatch", "5d1f6bb2a6f0");
  m.p.mappings[0].has_functions = true;
  const auto main_function = m.function("main", "/src/dispatch/main.cpp", 20);
  const auto serve =
      m.function("dispatch::service::run(unsigned int)", "/src/dispatch/service.cpp", 40);
  const auto route =
      m.function("dispatch::route_between(dispatch::stop const&, dispatch::stop const&)",
                 "/src/dispatch/route.cpp", 11);
  const auto find = m.function("std::vector<dispatch::stop>::at(unsigned long) const",
                               "/usr/include/c++/vector", 7);
  const auto check =
      m.function("(anonymous namespace)::check_index", "/src/dispatch/./route.cpp", 3);
  const auto visit = m.function("dispatch::visit", "/src/dispatch/../dispatch/visit.cpp", 60);
  const auto in_main = m.location(1, 0x401010, {{main_function, 25, 0}});
  const auto in_serve = m.location(1, 0x402020, {{serve, 44, 0}});
  const auto in_route = m.location(1, 0x403030, {{check, 5, 0}, {find, 9, 0}, {route, 15, 0}});
  const auto at_route = m.location(1, 0x403040, {{route, 18, 0}});
  const auto in_visit = m.location(1, 0x404050, {{visit, 61, 0}});
  const auto worker = [&](const char* n) { return m.text("worker", n); };
  m.sample({in_route, in_serve, in_main}, {70, 700'000'000},
           {worker("1"), m.text("district", "Altona")});
  m.sample({at_route, in_serve, in_main}, {20, 200'000'000}, {worker("1")});
  m.sample({in_visit, in_visit, in_visit, in_serve, in_main}, {9, 90'000'000}, {worker("2")});
  m.sample({in_visit, in_main}, {1, 10'000'000});
  m.sample({in_route, in_main}, {3, 30'000'000});
  return std::move(m.p);
}

profile goroutine_profile() {
  maker m;
  m.type("goroutine", "count");
  m.p.period_type = format::value_type{m.id("goroutine"), m.id("count")};
  m.p.period = 1;
  m.p.time_nanos = kNoon;
  m.mapping(0x400000, 0x500000, "/opt/dispatch/bin/dispatch", "");
  const auto park = m.function("vole::sched::park", "sched/park.cpp");
  const auto receive = m.function("vole::chan<int>::recv() const", "vole/chan.h");
  const auto worker = m.function("dispatch::worker", "worker.cpp");
  const auto in_park = m.location(1, 0x400100, {{park, 10, 0}});
  const auto in_receive = m.location(1, 0x400200, {{receive, 80, 0}});
  const auto in_worker = m.location(1, 0x400300, {{worker, 31, 0}});
  const std::vector<format::label> waiting = {m.text("state", "chan receive"),
                                              m.text("created_by", "main")};
  m.sample({in_park, in_receive, in_worker}, {37}, waiting);
  m.sample({in_park, in_receive, in_worker}, {2});
  m.sample({in_worker}, {1}, {m.text("state", "running"), m.number("goid", 12, "id")});
  return std::move(m.p);
}

profile heap_profile() {
  maker m;
  for (const char* kind : {"alloc", "inuse"}) {
    m.type(std::string(kind) + "_objects", "count");
    m.type(std::string(kind) + "_space", "bytes");
  }
  m.p.default_sample_type = m.id("inuse_space");
  m.p.period_type = format::value_type{m.id("space"), m.id("bytes")};
  m.p.period = 524288;
  m.mapping(0x400000, 0x500000, "/opt/dispatch/bin/dispatch", "");
  const auto grow = m.function("std::vector<int>::push_back", "vector");
  const auto load = m.function("dispatch::load_parcels", "load.cpp");
  const auto in_grow = m.location(1, 0x400100, {{grow, 10, 0}, {load, 21, 0}});
  const auto in_load = m.location(1, 0x400200, {{load, 22, 0}});
  m.sample({in_grow}, {400, 409600, 100, 102400}, {m.number("bytes", 1024, "bytes")});
  m.sample({in_grow, in_load}, {20, 1310720, 20, 1310720}, {m.number("bytes", 65536, "bytes")});
  m.sample({in_load}, {1, 52428800, 0, 0},
           {m.number("bytes", 52428800), m.number("request", 4096)});
  m.sample({in_load}, {3, 48, 3, 48}, {m.number("bytes", 16, "bytes"), m.text("arena", "small")});
  return std::move(m.p);
}

profile bare_profile() {
  maker m;
  m.type("samples", "count");
  m.mapping(0x400000, 0x500000, "/opt/stripped", "");
  m.mapping(0x7f0000000000, 0x7f0000200000, "/lib/libc.so.6", "aa55");
  const auto user = m.location(1, 0x401234);
  const auto libc = m.location(2, 0x7f0000001000);
  const auto unknown = m.location(0, 0x77);
  m.sample({libc, user}, {5});
  m.sample({unknown, user}, {2});
  m.sample({user}, {1});
  return std::move(m.p);
}

namespace {

template <std::size_t Count>
const char* pick(base::prng& random, const char* const (&choices)[Count]) {
  return choices[random.below(static_cast<std::uint32_t>(Count))];
}

std::int64_t random_value(base::prng& random, bool extremes) {
  if (extremes && random.below(20) == 0) return random.below(2) == 0 ? INT64_MAX : INT64_MIN;
  switch (random.below(8)) {
    case 0:
      return 0;
    case 1:
      return -static_cast<std::int64_t>(random.below(1000));
    case 2:
      return static_cast<std::int64_t>(random.next() >> (20 + random.below(40)));
    default:
      return 1 + random.below(100'000'000);
  }
}

void add_random_tables(maker& m, base::prng& random) {
  constexpr const char* kFiles[] = {
      "", "a.cpp", "/src/./b//c.cpp", "/proc/self/cwd/d.go", "../e.cpp", "/x/../f.cpp"};
  constexpr const char* kNames[] = {"main",
                                    "ns::f(int)",
                                    "ns::deep::g<int>(char) const",
                                    "runtime.mallocgc",
                                    "net/http.(*Server).Serve",
                                    "операция",
                                    "operator new(unsigned long)",
                                    "(anonymous namespace)::h",
                                    "a b c"};
  constexpr const char* kObjects[] = {"/opt/app", "/lib/libm.so.6", "[vdso]", "",
                                      "https://host/debug"};
  for (std::uint32_t i = 0, n = random.below(4); i < n; ++i) {
    const std::uint64_t start = std::uint64_t{0x100000} * (i + 1);
    m.mapping(start, start + 0x100000, pick(random, kObjects), random.below(2) ? "b1d" : "");
    m.p.mappings.back().has_functions = random.below(2) != 0;
    m.p.mappings.back().has_line_numbers = random.below(2) != 0;
  }
  for (std::uint32_t i = 0, n = 1 + random.below(12); i < n; ++i) {
    // Names are unlike, and a file's functions start at one line: Go leaves the order of equal
    // nodes open.
    const std::uint32_t file = random.below(static_cast<std::uint32_t>(std::size(kFiles)));
    m.function(pick(random, kNames) + std::to_string(i), kFiles[file], file);
    if (random.below(4) == 0) m.p.functions.back().system_name = m.id("_Z" + std::to_string(i));
  }
  const auto functions = static_cast<std::uint32_t>(m.p.functions.size());
  for (std::uint32_t i = 0, n = 1 + random.below(20); i < n; ++i) {
    std::vector<format::line> lines;
    for (std::uint32_t l = random.below(4); l > 0; --l) {
      lines.push_back({1 + random.below(functions), random.below(50), 0});
    }
    const auto mapping = random.below(static_cast<std::uint32_t>(m.p.mappings.size()) + 1);
    m.location(mapping, 0x100000 * mapping + 0x10 * (i + 1), std::move(lines));
    m.p.locations.back().is_folded = random.below(10) == 0;
  }
}

void add_random_samples(maker& m, base::prng& random, bool extremes) {
  constexpr const char* kKeys[] = {"worker", "k", "a key", "ключ"};
  constexpr const char* kTexts[] = {"1", "two", "три", "a b"};
  constexpr const char* kNumberKeys[] = {"bytes", "request", "goid"};
  constexpr const char* kUnits[] = {"", "bytes", "kb", "nanoseconds"};
  const auto locations = static_cast<std::uint32_t>(m.p.locations.size());
  for (std::uint32_t i = 0, n = random.below(40); i < n; ++i) {
    std::vector<std::uint64_t> stack;
    for (std::uint32_t d = random.below(8); d > 0; --d)
      stack.push_back(1 + random.below(locations));
    std::vector<std::int64_t> values;
    values.reserve(m.p.sample_types.size());
    for (std::size_t t = 0; t < m.p.sample_types.size(); ++t)
      values.push_back(random_value(random, extremes));
    std::vector<format::label> labels;
    for (std::uint32_t l = random.below(4); l > 0; --l) {
      if (random.below(2) == 0) {
        labels.push_back(m.text(pick(random, kKeys), pick(random, kTexts)));
      } else {
        // One unit for each key: Go complains about others in no certain order.
        const auto k = random.below(3);
        labels.push_back(m.number(kNumberKeys[k], random.below(100000), kUnits[k]));
      }
    }
    m.sample(std::move(stack), std::move(values), std::move(labels));
  }
}

}  // namespace

profile random_profile(std::uint64_t seed, bool extremes) {
  base::prng random(seed);
  maker m;
  constexpr const char* kUnits[] = {"count",   "nanoseconds",  "bytes",
                                    "widgets", "milliseconds", "GCU"};
  for (std::uint32_t i = 0, n = 1 + random.below(3); i < n; ++i) {
    m.type("type" + std::to_string(i), pick(random, kUnits));
  }
  if (random.below(2) == 0) m.p.default_sample_type = m.id("type0");
  if (random.below(2) == 0) m.p.period_type = format::value_type{m.id("cpu"), m.id("nanoseconds")};
  m.p.period = random.below(100);
  if (random.below(2) == 0) m.p.time_nanos = kNoon + static_cast<std::int64_t>(random.next() >> 8);
  if (random.below(2) == 0)
    m.p.duration_nanos = static_cast<std::int64_t>(random.next() >> random.below(60) >> 1);
  if (random.below(3) == 0) m.p.comments.push_back(m.id("a comment"));
  if (random.below(4) == 0) {
    m.p.drop_frames = m.id("operator new.*|runtime.*");
    if (random.below(2) == 0) m.p.keep_frames = m.id(".*1");
  }
  add_random_tables(m, random);
  add_random_samples(m, random, extremes);
  return std::move(m.p);
}

scratch_folder::scratch_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "vole-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch_folder::write(const std::string& name, const std::string& bytes) const {
  const std::filesystem::path path = path_ / name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path.string();
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(bytes).str();
}

run_result run(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  const scratch_folder scratch;
  const std::string out = scratch.path() / "out";
  const std::string err = scratch.path() / "err";
  std::vector<std::string> copy = arguments;
  std::vector<char*> pointers;
  pointers.reserve(copy.size() + 1);
  for (std::string& argument : copy) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot run " + arguments[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_file(out), read_file(err)};
}

}  // namespace vole::test
