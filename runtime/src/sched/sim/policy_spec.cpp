// SPDX-License-Identifier: Apache-2.0
// Policies by name: what explore()'s option and VOLE_SCHED say.
#include <charconv>

#include "sched/sim/policy.h"

namespace vole::sched {
namespace {

constexpr std::uint32_t kDepthMax = 1000;

struct key {
  std::string_view name;
  std::string_view policy;  // whose; empty: anybody's
};
constexpr key kKeys[] = {{"seed", ""}, {"depth", "pct"}, {"length", "pct"}, {"preemptions", "dfs"}};

std::string keys_of(std::string_view policy) {
  std::string names;
  for (const key& one : kKeys) {
    if (!one.policy.empty() && one.policy != policy) continue;
    if (policy == "dfs" && one.name == "seed") continue;
    if (!names.empty()) names += " or ";
    names += one.name;
  }
  return names;
}

class parser {
 public:
  parser(std::string_view text, policy_spec& into, std::string& error)
      : text_(text), into_(into), error_(error) {}

  bool parse() {
    const std::size_t colon = text_.find(':');
    into_.name = text_.substr(0, colon);
    if (into_.name != "random" && into_.name != "pct" && into_.name != "dfs")
      return fail(0, "random, pct or dfs");
    if (colon == std::string_view::npos) return true;
    for (std::size_t at = colon + 1;;) {
      const std::size_t comma = text_.find(',', at);
      if (!parse_item(at, text_.substr(at, comma == text_.npos ? text_.npos : comma - at)))
        return false;
      if (comma == std::string_view::npos) return true;
      at = comma + 1;
    }
  }

 private:
  bool fail(std::size_t at, const std::string& expected) {
    error_ = "policy '" + std::string(text_) + "': position " + std::to_string(at) + ": expected " +
             expected;
    return false;
  }

  bool parse_item(std::size_t at, std::string_view item) {
    const std::size_t equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    bool is_known = false;
    for (const key& one : kKeys)
      is_known = is_known || (one.name == name && (one.policy.empty() || one.policy == into_.name));
    if (!is_known || (into_.name == "dfs" && name == "seed")) return fail(at, keys_of(into_.name));
    if (equals == std::string_view::npos) return fail(at + name.size(), "'='");
    return parse_value(at + equals + 1, name, item.substr(equals + 1));
  }

  bool parse_value(std::size_t at, std::string_view name, std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (wrong != std::errc() || end != digits.data() + digits.size())
      return fail(at, "a number of at most 64 bits");
    if (name == "seed") {
      into_.seed = value;
      return true;
    }
    const bool is_depth = name == "depth";
    const std::uint64_t least = name == "preemptions" ? 0 : 1;
    const std::uint64_t most = is_depth ? kDepthMax : UINT32_MAX;
    if (value < least || value > most)
      return fail(at, "a number from " + std::to_string(least) + " to " + std::to_string(most));
    std::uint32_t& field = is_depth           ? into_.depth
                           : name == "length" ? into_.length
                                              : into_.preemptions;
    field = static_cast<std::uint32_t>(value);
    return true;
  }

  std::string_view text_;
  policy_spec& into_;
  std::string& error_;
};

}  // namespace

bool parse_policy_spec(std::string_view text, policy_spec& into, std::string& error) {
  return parser(text, into, error).parse();
}

std::unique_ptr<policy> make_policy(const policy_spec& spec) {
  if (spec.name == "pct") return make_pct_policy(spec.seed, spec.depth, spec.length);
  if (spec.name == "dfs") return make_dfs_policy(spec.preemptions);
  return make_random_policy(spec.seed);
}

}  // namespace vole::sched
