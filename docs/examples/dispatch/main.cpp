// SPDX-License-Identifier: Apache-2.0
// The command line: runs the service once and prints its summary, or serves its profiles for a
// while.
#include <vole/pprof.h>
#include <vole/time.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "service.h"

namespace {

constexpr std::string_view kUsage =
    R"(usage: dispatch [--data=FOLDER] [--workers=N] [--timeout=MS] [--bug=race|leak|hotspot]
                [--serve=PORT [--seconds=N]]

Gives each parcel of FOLDER a courier and prints a summary. With --serve it does so over and over
for N seconds (10), and answers http://127.0.0.1:PORT/debug/pprof/ meanwhile; port 0 picks a free one.
--bug plants one bug: a data race, a goroutine leak or a hot spot.
)";

struct options {
  std::filesystem::path data = std::filesystem::path(__FILE__).parent_path() / "data";
  dispatch::settings service;
  std::optional<int> port;
  int seconds = 10;
};

struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

int number(std::string_view name, std::string_view text, int least, int most) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value < least || value > most) {
    throw usage_error(std::string(name) + ": expected a number from " + std::to_string(least) +
                      " to " + std::to_string(most) + ", found \"" + std::string(text) + "\"");
  }
  return value;
}

dispatch::bug bug_named(std::string_view text) {
  if (text == "race") return dispatch::bug::race;
  if (text == "leak") return dispatch::bug::leak;
  if (text == "hotspot") return dispatch::bug::hotspot;
  throw usage_error("--bug: expected race, leak or hotspot, found \"" + std::string(text) + "\"");
}

options parse(int argc, char** argv) {
  options result;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    if (equals == std::string_view::npos) {
      throw usage_error("unknown argument \"" + std::string(argument) + "\"");
    }
    const std::string_view value = argument.substr(equals + 1);
    if (name == "--data") {
      result.data = value;
    } else if (name == "--workers") {
      result.service.workers = number(name, value, 1, 10'000);
    } else if (name == "--timeout") {
      result.service.request_limit = std::chrono::milliseconds(number(name, value, 1, 60'000));
    } else if (name == "--bug") {
      result.service.planted = bug_named(value);
    } else if (name == "--serve") {
      result.port = number(name, value, 0, 65'535);
    } else if (name == "--seconds") {
      result.seconds = number(name, value, 1, 86'400);
    } else {
      throw usage_error("unknown option \"" + std::string(name) + "\"");
    }
  }
  return result;
}

void print(const dispatch::summary& s) {
  std::printf(
      "parcels     %zu\ncouriers    %zu\ndelivered   %zu\ntimeouts    %zu\n"
      "mean route  %.2f min\nchecksum    %016llx\n",
      s.parcels, s.couriers, s.delivered, s.timeouts, s.mean_minutes,
      static_cast<unsigned long long>(s.checksum));
}

void serve(dispatch::service& service, int port, int seconds) {
  const vole::pprof::server profiles("127.0.0.1:" + std::to_string(port));
  std::cout << "serving http://" << profiles.address() << "/debug/pprof/" << std::endl;
  const auto end = vole::steady_clock::now() + std::chrono::seconds(seconds);
  int runs = 0;
  for (; vole::steady_clock::now() < end; ++runs) service.run();
  std::cout << "handled every parcel " << runs << " times\n";
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::cout << kUsage;
    return 0;
  }
  const options how = parse(argc, argv);
  const dispatch::town town = dispatch::load_town(how.data);
  dispatch::service service(town, how.service);
  if (how.port) {
    serve(service, *how.port, how.seconds);
  } else {
    print(service.run());
  }
  return 0;
} catch (const usage_error& error) {
  std::cerr << "dispatch: " << error.what() << "\n" << kUsage;
  return 2;
} catch (const std::exception& error) {
  std::cerr << "dispatch: " << error.what() << "\n";
  return 1;
}
