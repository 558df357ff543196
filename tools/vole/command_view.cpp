// SPDX-License-Identifier: Apache-2.0
// vole view: a page in the browser for one or more profiles.
#include <spawn.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

#include "model/filter.h"
#include "model/merge.h"
#include "report/frame.h"
#include "serve/server.h"
#include "vole/command.h"
#include "vole/source.h"

extern char** environ;

namespace vole::cli {
namespace {

struct view_options {
  std::vector<std::string> sources;
  int port = 0;
  bool no_browser = false;
  fetch_options fetch;
};

// Asks the desktop to show `url`. Failing is no error: the URL is on the terminal.
void open_browser(const std::string& url) {
  const char* chosen = std::getenv("BROWSER");
  std::string browser = chosen != nullptr && *chosen != '\0' ? chosen : "xdg-open";
  std::string argument = url;
  char* const arguments[] = {browser.data(), argument.data(), nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, browser.c_str(), nullptr, nullptr, arguments, environ) == 0) {
    std::thread([child] { waitpid(child, nullptr, 0); }).detach();
  }
}

std::vector<serve::view_profile> load_all(const view_options& options) {
  std::vector<serve::view_profile> profiles;
  for (const std::string& source : options.sources) {
    base::result<format::profile> loaded = load_source(source, options.fetch);
    if (!loaded) throw command_error(kFailure, loaded.error_text());
    std::vector<format::profile> one;
    one.push_back(*std::move(loaded));
    base::result<format::profile> merged = model::merge_profiles(std::move(one));
    if (!merged) throw command_error(kFailure, source + ": " + merged.error_text());
    if (merged->sample_types.empty())
      throw command_error(kFailure, source + ": profile has no samples");
    model::drop_uninteresting_frames(*merged);
    profiles.push_back({report::base_name(source), *std::move(merged)});
  }
  return profiles;
}

void run_view(const view_options& options) {
  // Every thread blocks the signals, and one waits for them: a handler could not stop the server
  // safely.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  serve::server server(load_all(options));
  base::result<int> port = server.bind(options.port);
  if (!port) throw command_error(kFailure, port.error_text());
  const std::string url = "http://127.0.0.1:" + std::to_string(*port) + "/";
  std::cout << "Serving " << url << " (Ctrl-C ends)" << std::endl;
  if (!options.no_browser) open_browser(url);
  std::thread([ends, &server] {
    int signal_number = 0;
    sigwait(&ends, &signal_number);
    server.stop();
  }).detach();
  server.run();
}

}  // namespace

void add_view_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("view", "Shows profiles in the browser: flame graph and table");
  auto options = std::make_shared<view_options>();
  command->add_option("source", options->sources, "Profiles: files or http://host:port/path")
      ->required();
  command->add_option("--port", options->port, "TCP port on the loopback; 0: any that is free")
      ->check(CLI::Range(0, 65535));
  command->add_flag("--no_browser", options->no_browser, "Print the URL, open nothing");
  command->add_option("--seconds", options->fetch.seconds, "Length of time for dynamic profiles");
  command->add_option("--timeout", options->fetch.timeout,
                      "Timeout in seconds for fetching a profile");
  command->callback([options] { run_view(*options); });
}

}  // namespace vole::cli
