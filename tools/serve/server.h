// SPDX-License-Identifier: Apache-2.0
// The HTTP server behind `vole view`: the viewer's files and the data of some profiles, on the
// loopback only.
//
//   GET /                                 the page; its modules and style below /viewer/
//   GET /api/profiles                     the profiles with their sample types
//   GET /api/profiles/I/top?type=T        the table of functions of profile I for sample type T
//   GET /api/profiles/I/flame?type=T&root=N   the heavy part of the call tree below node N
//
// A request whose Host header is not a loopback name is refused: a page from elsewhere that points
// its own name at 127.0.0.1 must not read a profile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "format/profile.h"

namespace vole::serve {

struct view_profile {
  std::string name;
  format::profile
      profile;  // in the normal form of model::merge_profiles, with at least one sample type
};

class server {
 public:
  explicit server(std::vector<view_profile> profiles);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  // Binds 127.0.0.1:`port`, or a free port for 0. Returns the port. Does not block.
  base::result<int> bind(int port);
  // Serves until stop(). Blocks. Call bind() first.
  void run();
  // Ends run(). Any thread, at any time after bind(), and also before run().
  void stop();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

// True for localhost, 127.0.0.1 and [::1], with or without a port.
bool is_loopback_host(const std::string& host_header);

}  // namespace vole::serve
