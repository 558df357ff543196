// SPDX-License-Identifier: Apache-2.0
// From two accesses to a report, and the process's last words about the races it has found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "race/shadow/cell.h"
#include "race/shadow/history.h"

namespace vole::race {

struct access_facts {
  std::uintptr_t address = 0;
  std::size_t size = 0;
  access_kind kind = access_kind::read;
  stack_id stack = 0;
  std::uint32_t actor_index = 0;
};

struct race_facts {
  access_facts now;
  access_facts before;             // address and size: of the bytes of one cell that both accessed
  std::uint64_t before_clock = 0;  // the epoch of `before`, in its component
  std::uint64_t known_clock = 0;   // what the goroutine of `now` knows of that component
  bool is_end_of_life = false;     // `now` is the release of a heap block
};

// Writes the report, unless the same race has been reported already or is suppressed. The caller is
// inside the detector, on the goroutine of `now`, and holds no lock of the room. Blocks the thread;
// does not park. Ends the process where halt_on_error is set.
void report_race(const race_facts& facts);

// The same for a misuse, which is no race: it is neither counted nor passed to the hook, and does
// not halt.
void write_misuse(const struct misuse_facts& facts);

// Races reported so far.
std::size_t race_count() noexcept;
// How often one of them has been seen, after its report too.
std::size_t sighting_count() noexcept;

// The texts of the reports after the first `count`, as far as they are kept: the last 256.
std::vector<std::string> reports_since(std::size_t count);

// Called with the text of each new report, on the goroutine that found the race and inside the
// detector: it must not park, and what it accesses is not looked at. Null: nobody.
using report_hook = void(std::string_view text);
void set_report_hook(report_hook* hook);

// Says how many races there were and returns the status to end with: `status` when there were none.
// Waits first, as atexit_sleep_ms says, while others still run. The second call does nothing.
int last_words(int status);

// Sees to it that an ordinary end, through exit(), has its last words, after static destructors.
void install_exit_handler();

}  // namespace vole::race
