// SPDX-License-Identifier: Apache-2.0
// Waiting until a descriptor can be read or written without blocking: the door of the poller for
// the net room. How it is done: poll/.
//
//   1. attach a non-blocking descriptor: from now on its changes are watched, edge by edge;
//   2. prepare(side), which forgets earlier edges and sees an end or a deadline that has passed;
//   3. try the system call; on EAGAIN wait(side), and try again: an edge that came after step 2 is
//      not missed. A wait may return though there is nothing to be had.
//   4. evict when the descriptor is to be closed: all who wait return, and nobody waits again;
//   5. once nobody uses it any more: detach, then close() it.
// At most one goroutine at a time prepares, tries and waits for a side.
#pragma once

#include <cstdint>

namespace vole::sched {

enum class poll_side : std::uint8_t { read, write };
enum class poll_status : std::uint8_t { ready, evicted, timed_out };

struct poll_record;  // one attached descriptor; poll/record.h

// Null, and errno's value in `error`: EPERM for files of a kind that is always ready (regular
// files, directories), ENFILE beyond kPollRecordsMax, or what the system says. Starts the poller.
poll_record* poll_attach(int fd, int& error);
// After evict, when nobody is in any other function with it any more. Before close(fd).
void poll_detach(poll_record& record) noexcept;

// ready, evicted or timed_out, at once.
poll_status poll_prepare(poll_record& record, poll_side side) noexcept;
// Parks the calling goroutine (`IO wait`) until there was an edge, evict, or the deadline. Creates
// no happens-before edge: the caller announces what its operation means.
poll_status poll_wait(poll_record& record, poll_side side);
// An edge has come that nobody has consumed yet, or the other end will send no more, or has sent
// urgent data: then a short read does not mean that there is nothing left.
bool poll_is_worth_a_try(const poll_record& record, poll_side side) noexcept;

// From when on prepare and wait of a side are timed_out; kNever (timer.h) takes it away, also one
// that has passed. Who waits is woken when it has passed, and waits on when it is moved. May be
// called by several at once.
void poll_set_deadline(poll_record& record, poll_side side, std::int64_t deadline_ns);
void poll_evict(poll_record& record);

// For the monitor, on each of its turns while a processor is held: polls when nobody else has for a
// while, and gets an idle worker to do it from then on. Returns the nanoseconds after which it
// wants to be called again at the latest; kNever when the poller needs no watching.
std::int64_t poll_supervise();

}  // namespace vole::sched
