// SPDX-License-Identifier: Apache-2.0
// Where those who ask for tracebacks meet their writer; and VOLE_TRACEBACK.
#include "event/traceback.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "base/raw_log.h"

namespace vole::event {
namespace {
constinit std::atomic<traceback_writer*> writer_of_tracebacks{nullptr};
constinit std::atomic<place_writer*> writer_of_places{nullptr};
}  // namespace

void set_traceback_writer(traceback_writer* writer) {
  writer_of_tracebacks.store(writer,
                             std::memory_order_release);  // release: pairs with the acquire below
}

std::string traceback(traceback_scope scope, std::uint64_t first_id) {
  traceback_writer* writer =
      writer_of_tracebacks.load(std::memory_order_acquire);  // acquire: pairs with the set
  return writer != nullptr ? writer(scope, first_id) : std::string();
}

void set_place_writer(place_writer* writer) {
  writer_of_places.store(writer, std::memory_order_release);  // release: as above
}

std::string place_text(std::uintptr_t return_pc) {
  place_writer* writer = writer_of_places.load(std::memory_order_acquire);  // acquire: as above
  if (writer != nullptr) return writer(return_pc);
  char text[2 + 16 + 1];
  std::snprintf(text, sizeof text, "%#zx", static_cast<std::size_t>(return_pc));
  return text;
}

traceback_level parse_traceback_level(std::string_view text, bool& is_known) noexcept {
  is_known = true;
  if (text == "none" || text == "0") return traceback_level::none;
  if (text == "single" || text.empty()) return traceback_level::single;
  if (text == "all" || text == "1") return traceback_level::all;
  if (text == "system" || text == "2") return traceback_level::system;
  if (text == "crash") return traceback_level::crash;
  is_known = false;
  return traceback_level::single;
}

traceback_level wanted_traceback() noexcept {
  static const traceback_level level = [] {
    const char* const text = std::getenv("VOLE_TRACEBACK");
    bool is_known = true;
    const traceback_level parsed = parse_traceback_level(text != nullptr ? text : "", is_known);
    if (!is_known)
      base::raw_writer() << "vole: VOLE_TRACEBACK=" << text
                         << " is none of none, single, all, system, crash: single it is\n";
    return parsed;
  }();
  return level;
}

}  // namespace vole::event
