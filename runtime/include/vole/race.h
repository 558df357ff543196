// SPDX-License-Identifier: Apache-2.0
// What a program may say to the race detector, and ask it.
//
//   struct ring {                       // a queue whose synchronisation the detector can't see,
//     void put(item x) {                // say a device or another process
//       slots[tail] = x;
//       vole::race::release(&slots[tail]);
//       publish_by_hand(tail++);
//     }
//     item get() {
//       const auto head = claim_by_hand();
//       vole::race::acquire(&slots[head]);
//       return slots[head];
//     }
//   };
//
// In a program linked with vole::vole all of these do nothing, enabled() is false and error_count()
// is 0, so no #ifdef is needed. With vole::race (vole-c++ -race, or vole_race() in CMake) the
// environment variable VOLE_RACE takes the options log_path, exitcode, strip_path_prefix,
// history_size, halt_on_error and atexit_sleep_ms with GORACE's meanings, and suppressions=FILE.
//
// All of them may be called on any goroutine and any thread. None blocks.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace vole::race {

// Whether the detector is in this program.
bool enabled() noexcept;
// Races reported so far.
std::size_t error_count() noexcept;

// What the caller did before release(tag) happens before what another does after a later
// acquire(tag). The tag is an address that stands for the synchronisation; nothing is read or
// written there. release() replaces what others released there before; release_merge() adds to it,
// as a semaphore or a reference count does.
void acquire(const volatile void* tag);
void release(const volatile void* tag);
void release_merge(const volatile void* tag);

// As if the program read (wrote) these bytes with plain accesses here: for memory that code without
// instrumentation touches on the caller's behalf.
void read(const volatile void* memory, std::size_t bytes);
void write(const volatile void* memory, std::size_t bytes);

// Between disable() and enable() the calling goroutine's accesses are not looked at; its
// synchronisation still counts. The pairs nest.
void disable();
void enable();

// f is called with the text of each new report, on the goroutine that found the race. It must not
// block the goroutine, and its own accesses are not looked at. An empty f: nobody is called any
// more.
void set_report_callback(std::function<void(std::string_view report)> f);

}  // namespace vole::race
