// SPDX-License-Identifier: Apache-2.0
// Where sched's signal handler meets the writer of tracebacks.
#include "event/fault_traceback.h"

#include <atomic>

namespace vole::event {
namespace {
constinit std::atomic<fault_traceback_writer*> the_writer{nullptr};
}  // namespace

void set_fault_traceback_writer(fault_traceback_writer* writer) {
  the_writer.store(writer, std::memory_order_release);  // release: pairs with the acquire below
}

std::string fault_traceback(const void* context) {
  fault_traceback_writer* const writer =
      the_writer.load(std::memory_order_acquire);  // acquire: pairs with the set
  return writer != nullptr ? writer(context) : std::string();
}

}  // namespace vole::event
