// SPDX-License-Identifier: Apache-2.0
// Waiting for a side of a descriptor, and what ends it. The protocol stands in record.h.
#include "sched/poll/record.h"

#include <errno.h>

#include "base/check.h"
#include "event/emit.h"
#include "event/wait/source.h"
#include "sched/goroutine/g_state.h"
#include "sched/park.h"
#include "sched/poll/turn.h"

namespace vole::sched {

constinit std::atomic<int> poll_waiters{0};

namespace {

constexpr std::uintptr_t kNil = 0, kEdge = 1, kWaiting = 2;  // anything else is a g*
constexpr std::uint32_t kEvicted = 1, kEnding = 2, kReadLate = 4, kWriteLate = 8;
constexpr std::size_t kChunkRecords = 64;
constexpr std::size_t kChunks = kPollRecordsMax / kChunkRecords;

struct record_table {
  base::spin_lock lock{base::lock_rank::leaf};
  poll_record* free_records VOLE_GUARDED_BY(lock) = nullptr;
  std::size_t count VOLE_GUARDED_BY(lock) = 0;  // made so far
  std::atomic<poll_record*> chunks[kChunks] = {};
};

constinit record_table table;

std::uint32_t late_flag(poll_side side) { return side == poll_side::read ? kReadLate : kWriteLate; }

std::atomic<std::uintptr_t>& word_of(poll_record& record, poll_side side) {
  return record.words[static_cast<std::size_t>(side)];
}

poll_status status_of(const poll_record& record, poll_side side) {
  // seq_cst: against who ends; see record.h
  const std::uint32_t flags = record.flags.load(std::memory_order_seq_cst);
  if ((flags & kEvicted) != 0) return poll_status::evicted;
  return (flags & late_flag(side)) != 0 ? poll_status::timed_out : poll_status::ready;
}

void on_deadline(timer_entry& fired);

poll_record* take_record() {
  base::spin_guard guard(table.lock);
  if (poll_record* const used = table.free_records) {
    table.free_records = used->next_free;
    return used;
  }
  if (table.count == kPollRecordsMax) return nullptr;
  auto& chunk = table.chunks[table.count / kChunkRecords];
  if (table.count % kChunkRecords == 0) {
    auto* const made = new poll_record[kChunkRecords];
    chunk.store(made, std::memory_order_release);  // release: pairs with find_record()
  }
  poll_record& record =  // relaxed: under the lock
      chunk.load(std::memory_order_relaxed)[table.count % kChunkRecords];
  record.index = static_cast<std::uint32_t>(table.count++);
  for (const poll_side side : {poll_side::read, poll_side::write}) {
    poll_deadline& deadline = record.deadlines[static_cast<std::size_t>(side)];
    deadline.timer.fire = &on_deadline;
    deadline.record = &record;
    deadline.side = side;
  }
  return &record;
}

void give_back_record(poll_record& record) {
  base::spin_guard guard(table.lock);
  record.next_free = table.free_records;
  table.free_records = &record;
}

// Null when the tag is of an earlier use.
poll_record* find_record(std::uint64_t tag) {
  const auto index = static_cast<std::uint32_t>(tag);
  // acquire: sees the records that take_record() has made
  poll_record* const chunk = table.chunks[index / kChunkRecords].load(std::memory_order_acquire);
  poll_record& record = chunk[index % kChunkRecords];
  // acquire: of a later use nothing may be touched before it is known to be one
  const std::uint32_t generation = record.generation.load(std::memory_order_acquire);
  return generation == static_cast<std::uint32_t>(tag >> 32) ? &record : nullptr;
}

// An edge or an end: gives the goroutine whose wait is over, or null.
goroutine* end_wait(poll_record& record, poll_side side, std::uintptr_t left_behind) {
  auto& word = word_of(record, side);
  std::uintptr_t seen = word.load(std::memory_order_seq_cst);  // seq_cst: see record.h
  for (;;) {
    if (seen == kEdge || (seen == kNil && left_behind == kNil)) return nullptr;
    // seq_cst: as above
    if (word.compare_exchange_weak(seen, left_behind, std::memory_order_seq_cst)) break;
  }
  if (seen <= kWaiting) return nullptr;
  poll_waiters.fetch_sub(1, std::memory_order_relaxed);  // relaxed: an extra poll does no harm
  return reinterpret_cast<goroutine*>(seen);
}

void end_side(poll_record& record, poll_side side) {
  if (goroutine* const waiter = end_wait(record, side, kNil)) ready(waiter);
}

void on_deadline(timer_entry& fired) {
  // The timer is the deadline's first member.
  auto& deadline = reinterpret_cast<poll_deadline&>(fired);
  // seq_cst: see record.h
  deadline.record->flags.fetch_or(late_flag(deadline.side), std::memory_order_seq_cst);
  end_side(*deadline.record, deadline.side);
}
static_assert(offsetof(poll_deadline, timer) == 0);

// Runs after the registers are saved. Once the word holds the goroutine, `argument` may be gone.
bool commit_wait(goroutine* self, void* argument) {
  auto& word = *static_cast<std::atomic<std::uintptr_t>*>(argument);
  // seq_cst: step W1 of turn.cpp; counted before it can be woken
  poll_waiters.fetch_add(1, std::memory_order_seq_cst);
  std::uintptr_t expected = kWaiting;
  // seq_cst: see record.h
  if (!word.compare_exchange_strong(expected, reinterpret_cast<std::uintptr_t>(self),
                                    std::memory_order_seq_cst)) {
    poll_waiters.fetch_sub(1, std::memory_order_relaxed);  // relaxed: an extra poll does no harm
    return false;
  }
  poll_see_to_it();
  return true;
}

// True when there was an edge; false: look at the flags, it may have been an end.
bool wait_for_edge(poll_record& record, poll_side side) {
  auto& word = word_of(record, side);
  for (std::uintptr_t seen = kEdge;; seen = kEdge) {
    // seq_cst: see record.h
    if (word.compare_exchange_strong(seen, kNil, std::memory_order_seq_cst)) return true;
    VOLE_CHECK(seen == kNil, "two goroutines wait for the same side of a descriptor");
    // seq_cst: before the look at the flags
    if (word.compare_exchange_strong(seen, kWaiting, std::memory_order_seq_cst)) break;
  }
  const event::descriptor_source descriptor(record.fd);
  const event::wait_scope note(*current(), descriptor);
  if (status_of(record, side) == poll_status::ready)
    park(event::wait_reason::io_wait, &record, &commit_wait, &word);
  // seq_cst: an edge that came in between is consumed
  const std::uintptr_t last = word.exchange(kNil, std::memory_order_seq_cst);
  VOLE_ASSERT(last <= kWaiting);
  return last == kEdge;
}

}  // namespace

poll_record* poll_attach(int fd, int& error) {
  static const bool is_started = (poll_events::start(), true);
  static_cast<void>(is_started);
  poll_record* const record = take_record();
  if (record == nullptr) {
    error = ENFILE;
    return nullptr;
  }
  record->fd = fd;
  // relaxed: nobody has the record, and it is found by its generation
  for (auto& word : record->words) word.store(kNil, std::memory_order_relaxed);
  record->flags.store(0, std::memory_order_relaxed);
  const std::uint64_t generation =
      record->generation.load(std::memory_order_relaxed);  // relaxed: only detach changes it
  error = poll_events::add(fd, generation << 32 | record->index);
  if (error == 0) return record;
  give_back_record(*record);
  return nullptr;
}

void poll_detach(poll_record& record) noexcept {
  poll_events::remove(record.fd);
  record.fd = -1;
  // release: late events of this use are told from those of the next
  record.generation.fetch_add(1, std::memory_order_release);
  give_back_record(record);
}

poll_status poll_prepare(poll_record& record, poll_side side) noexcept {
  auto& word = word_of(record, side);
  // relaxed: an edge that comes later is meant to stay
  if (word.load(std::memory_order_relaxed) != kNil)
    word.store(kNil, std::memory_order_seq_cst);  // seq_cst: before the system call is tried
  return status_of(record, side);
}

poll_status poll_wait(poll_record& record, poll_side side) {
  for (;;) {
    const poll_status status = status_of(record, side);
    if (status != poll_status::ready) return status;
    if (wait_for_edge(record, side)) return poll_status::ready;
    // Ended: or a deadline passed and was moved before we came to look, and we wait on.
  }
}

bool poll_is_worth_a_try(const poll_record& record, poll_side side) noexcept {
  // acquire: the flag is set before the edge is told
  if (record.words[static_cast<std::size_t>(side)].load(std::memory_order_acquire) == kEdge)
    return true;
  return (record.flags.load(std::memory_order_acquire) & kEnding) != 0;  // acquire: as above
}

void poll_set_deadline(poll_record& record, poll_side side, std::int64_t deadline_ns) {
  const std::uint32_t flag = late_flag(side);
  bool is_late = false;
  {
    base::spin_guard guard(record.deadline_lock);
    timer_entry& timer = record.deadlines[static_cast<std::size_t>(side)].timer;
    cancel(timer);  // after this a firing has had its effect
    is_late = deadline_ns != kNever && deadline_ns <= now_ns();
    if (is_late)
      record.flags.fetch_or(flag, std::memory_order_seq_cst);  // seq_cst: see record.h
    else
      record.flags.fetch_and(~flag, std::memory_order_seq_cst);  // seq_cst: as above
    // seq_cst: as above; an evicted record gets no timer, for nobody would take it away
    if (!is_late && deadline_ns != kNever &&
        (record.flags.load(std::memory_order_seq_cst) & kEvicted) == 0) {
      timer.deadline_ns = deadline_ns;
      arm(timer);
    }
  }
  if (is_late) end_side(record, side);
}

void poll_evict(poll_record& record) {
  {
    base::spin_guard guard(record.deadline_lock);
    record.flags.fetch_or(kEvicted, std::memory_order_seq_cst);  // seq_cst: see record.h
    for (poll_deadline& deadline : record.deadlines) cancel(deadline.timer);
  }
  end_side(record, poll_side::read);
  end_side(record, poll_side::write);
}

void poll_tell(const poll_events::change& told, g_list& woken) {
  poll_record* const record = find_record(told.tag);
  if (record == nullptr) return;
  if (told.is_ending)
    record->flags.fetch_or(kEnding, std::memory_order_release);  // release: before the edge
  for (const poll_side side : {poll_side::read, poll_side::write}) {
    if (!(side == poll_side::read ? told.is_readable : told.is_writable)) continue;
    goroutine* const waiter = end_wait(*record, side, kEdge);
    if (waiter == nullptr) continue;
    if (waiter->is_adopted) {
      ready(waiter);
      continue;
    }
    event::emit::goroutine_readied(waiter);
    change_state(as_g(waiter), g_state::waiting, g_state::runnable);
    woken.push(&as_g(waiter));
  }
}

}  // namespace vole::sched
