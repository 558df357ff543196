// SPDX-License-Identifier: Apache-2.0
// The cores of the test frameworks' checks.
#include <vole/detail/leak_scope.h>

#include <cstdio>
#include <utility>

#include "base/check.h"
#include "leak/attribution.h"
#include "leak/verify.h"

namespace vole::leak::detail {

scope::scope(std::vector<option> options) : options_(std::move(options)) {
  id_ = open_scope(outer_);
}

scope::~scope() {
  if (is_open_) leave();
}

void scope::leave() {
  is_open_ = false;
  close_scope(id_, outer_);
}

std::optional<report> scope::close() {
  VOLE_CHECK(is_open_, "a leak scope is closed twice");
  const rules all = make_rules(options_);
  std::optional<report> left = verify({all, id_});
  leave();
  for (const auto& call : all.calls_at_end) call(0);
  return left;
}

int finish_test_main(int status, const std::vector<option>& options) {
  const rules all = make_rules(options);
  if (status == 0 || all.checks_after_failure) {
    if (const std::optional<report> left = verify({all})) {
      std::fflush(stdout);  // the tests' own lines first
      std::fprintf(stderr, "vole: leaked goroutines at the end of %s test run: %s",
                   status == 0 ? "a successful" : "an unsuccessful", left->text().c_str());
      std::fflush(stderr);
      if (status == 0) status = 1;
    }
  }
  for (const auto& call : all.calls_at_end) call(status);
  return status;
}

}  // namespace vole::leak::detail
