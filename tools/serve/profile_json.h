// SPDX-License-Identifier: Apache-2.0
// The JSON that the viewer asks for, and what is kept so that a second question is quick.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "flame/flame_tree.h"
#include "serve/server.h"

namespace vole::serve {

class profile_store {
 public:
  explicit profile_store(std::vector<view_profile> profiles) : profiles_(std::move(profiles)) {}

  std::size_t size() const { return profiles_.size(); }
  // Each answers with a JSON text, or with nothing if the profile, type or node does not exist. Any
  // thread; each profile's first question for a type builds what the answers are made from and
  // holds up the others.
  std::string list() const;
  std::optional<std::string> top(std::size_t profile, std::size_t type);
  std::optional<std::string> flame(std::size_t profile, std::size_t type, std::uint32_t root);

 private:
  using key = std::pair<std::size_t, std::size_t>;  // profile, sample type

  bool exists(std::size_t profile, std::size_t type) const;
  const flame::tree& tree_of(std::size_t profile, std::size_t type);

  const std::vector<view_profile> profiles_;
  std::mutex mutex_;  // guards the two maps
  std::map<key, flame::tree> trees_;
  std::map<key, std::string> tables_;
};

}  // namespace vole::serve
