// SPDX-License-Identifier: Apache-2.0
// Comparing an access with the records of its granules, and putting it on record.
#include "race/access_check.h"

#include <algorithm>

#include "base/check.h"
#include "race/first_access.h"
#include "race/report/race_report.h"
#include "race/shadow/exact_records.h"
#include "race/shadow/segment_ids.h"

namespace vole::race {
namespace {

constexpr std::uintptr_t granule_of(std::uintptr_t address) {
  return address & ~(kGranuleBytes - 1);
}
constexpr std::uintptr_t line_of(std::uintptr_t address) { return address & ~(kLineBytes - 1); }

// Whether the bytes `mask` of a granule have such a record of the running segment. Lock-free, and
// under the lock but for the first granule's write word, which the caller must give.
bool is_granule_on_record(const context& self, std::uintptr_t address, std::uint8_t mask,
                          access_kind kind, plane_word written, plane_word read) noexcept {
  if (written == kExact || (!is_write(kind) && read == kExact)) {
    chunk* where = find_chunk(address);
    if (where != nullptr && is_in_cell(cell_of(*where, address), self.now.word, mask, kind))
      return true;
  }
  return self.ids.owns(written) || (!is_write(kind) && self.ids.owns(read));
}

bool is_granule_on_record(const context& self, std::uintptr_t address, std::uint8_t mask,
                          access_kind kind) noexcept {
  // relaxed: own ids were there when they were loaded; cells have a protocol of their own
  return is_granule_on_record(self, address, mask, kind,
                              write_words(address)->load(std::memory_order_relaxed),
                              read_words(address)->load(std::memory_order_relaxed));
}

// How many bytes, from the start on, have such an access of the running segment on record already.
std::size_t size_on_record(const context& self, std::uintptr_t address, std::size_t size,
                           access_kind kind) noexcept {
  const std::uintptr_t end = address + size;
  const segment_view segment = self.ids.view();
  std::uintptr_t at = granule_of(address);
  while (at < end) {
    const auto* words = is_write(kind) ? write_words(at) : read_words(at);
    at += kGranuleBytes * count_agreeing(words, (end - at + kGranuleBytes - 1) / kGranuleBytes,
                                         segment.ids, segment.mask);
    if (at >= end) return size;
    if (!is_granule_on_record(self, at, bytes_of_granule(at, address, end), kind))
      return at > address ? at - address : 0;
    at += kGranuleBytes;
  }
  return size;
}

// One access on its way onto record.
class recorder {
 public:
  recorder(context& self, access_kind kind, stack_id stack, kept_race& found)
      : self_(self), kind_(kind), stack_(stack), found_(found) {
    if (!is_atomic(kind)) own_ = current_id(self, stack);
  }
  // [from, to) lies in one line, whose page is marked.
  void put(chunk& where, std::uintptr_t from, std::uintptr_t to);

 private:
  void put_granule(open_line& line, chunk& where, std::uintptr_t at, std::uint8_t mask);
  bool put_whole_read(open_line& line, std::uintptr_t at);
  void put_whole_write(open_line& line, chunk& where, std::uintptr_t at);
  void put_exact(chunk& where, std::uintptr_t at, std::uint8_t mask);
  bool is_ordered(plane_word id);
  void compare(plane_word id, std::uintptr_t at, std::uint8_t mask, access_kind kind);
  void keep(std::uintptr_t at, record previous);

  context& self_;
  access_kind kind_;
  stack_id stack_;
  kept_race& found_;
  plane_word own_ = 0;  // 0: an atomic, or there are no ids left
};

bool recorder::is_ordered(plane_word id) {
  return self_.ids.owns(id) || self_.has_seen(moment_of(id));
}

// Two granules of one cell that make a race with the same record make one.
void recorder::keep(std::uintptr_t at, record previous) {
  const std::uintptr_t cell_address = at & ~std::uintptr_t{7};
  if (!found_.is_found) {
    found_.is_found = true;
    found_.previous_cell = cell_address;
    found_.previous = previous;
  } else if (found_.previous_cell == cell_address && found_.previous.epoch == previous.epoch &&
             ((found_.previous.meta ^ previous.meta) & ~record::kMaskBits) == 0) {
    found_.previous.meta |= previous.meta;
  }
}

// With the accesses of all four bytes that a word stands for.
void recorder::compare(plane_word id, std::uintptr_t at, std::uint8_t mask, access_kind kind) {
  if (id == kNoAccess || !conflicts(kind_, kind) || is_ordered(id)) return;
  keep(at, {moment_of(id).word, record::meta_of(mask, kind, stack_of(id))});
}

// With the records of the cell; and joins them.
void recorder::put_exact(chunk& where, std::uintptr_t at, std::uint8_t mask) {
  exact_records entries(cell_of(where, at));
  const std::uint64_t cut = static_cast<std::uint64_t>(mask) << record::kMaskShift;
  const std::uint64_t mine = record::meta_of(mask, kind_, stack_);
  bool is_merged = false;
  record* kept = entries.begin();
  for (record entry : entries) {
    const auto common = static_cast<std::uint8_t>(entry.mask() & mask);
    if (common != 0) {
      const bool is_ordered = self_.has_seen(entry.moment());
      const bool is_race = !is_ordered && conflicts(kind_, entry.kind());
      if (is_race) keep(at, {entry.epoch, record::meta_of(common, entry.kind(), entry.stack())});
      if ((is_ordered || is_race) && supersedes(kind_, entry.kind())) {
        entry.meta &= ~cut;
        if (entry.mask() == 0) continue;
      }
    }
    const bool is_same = entry.epoch == self_.now.word && !is_merged &&
                         ((entry.meta ^ mine) & ~record::kMaskBits) == 0;
    if (is_same) {
      entry.meta |= mine;
      is_merged = true;
    }
    *kept++ = entry;
  }
  entries.shrink(kept);
  if (!is_merged) entries.append({self_.now.word, mine});
}

// A plain write of all four bytes supersedes whatever there is, ordered or racing.
void recorder::put_whole_write(open_line& line, chunk& where, std::uintptr_t at) {
  const unsigned granule = granule_in_line(at);
  const plane_word written = line.written(granule), read = line.read(granule);
  const std::uint8_t mask = bytes_of_granule(at);
  if (written != kExact) compare(written, at, mask, access_kind::write);
  if (are_reads_exact(written, read)) {
    put_exact(where, at, mask);
    exact_records(cell_of(where, at)).forget(mask);
  } else if (read != written) {
    compare(read, at, mask, access_kind::read);
  }
  line.set_written(granule, own_);
  line.set_read(granule, own_);
}

// False: another reader is there that nothing orders before this one, so both need records.
bool recorder::put_whole_read(open_line& line, std::uintptr_t at) {
  const unsigned granule = granule_in_line(at);
  const plane_word written = line.written(granule), read = line.read(granule);
  if (are_reads_exact(written, read)) return false;
  if (read != kNoAccess && read != written && !is_ordered(read)) return false;
  compare(written, at, bytes_of_granule(at), access_kind::write);
  line.set_read(granule, own_);
  return true;
}

void recorder::put_granule(open_line& line, chunk& where, std::uintptr_t at, std::uint8_t mask) {
  const unsigned granule = granule_in_line(at);
  const plane_word written = line.written(granule);
  if (own_ != 0 && mask == bytes_of_granule(at)) {
    if (is_write(kind_)) return put_whole_write(line, where, at);
    if (put_whole_read(line, at)) return;
  }
  if (is_granule_on_record(self_, at, mask, kind_, written, line.read(granule))) return;
  if (kind_ == access_kind::read) {
    make_reads_exact(line, at, where);
  } else {
    make_exact(line, at, where);
  }
  if (written != kExact && kind_ == access_kind::read)
    compare(written, at, mask, access_kind::write);
  put_exact(where, at, mask);
}

void recorder::put(chunk& where, std::uintptr_t from, std::uintptr_t to) {
  open_line line(line_of(from));
  const bool is_alike = own_ != 0 && to - from == kLineBytes &&
                        !are_reads_exact(line.written(0), line.read(0)) && line.is_uniform();
  if (is_alike) {
    if (is_write(kind_)) {
      put_whole_write(line, where, from);
      line.fill_written(own_);
      line.fill_read(own_);
      return;
    }
    if (put_whole_read(line, from)) {
      line.fill_read(own_);
      return;
    }
  }
  for (std::uintptr_t at = granule_of(from); at < to; at += kGranuleBytes)
    put_granule(line, where, at, bytes_of_granule(at, from, to));
}

struct end_of_life {
  context& self;
  std::uintptr_t from, to;
  kept_race& found;
};

void find_unordered(end_of_life& end, std::uintptr_t at, record previous, std::uint8_t mask) {
  const auto common = static_cast<std::uint8_t>(previous.mask() & mask);
  if (common == 0 || end.found.is_found || end.self.has_seen(previous.moment())) return;
  end.found.is_found = true;
  end.found.previous_cell = at & ~std::uintptr_t{7};
  end.found.previous = {previous.epoch, record::meta_of(common, previous.kind(), previous.stack())};
}

// The long way, for a granule that has exact records or is not freed as a whole, or raced with.
void end_granule(end_of_life& end, open_line& line, chunk& where, std::uintptr_t at) {
  const unsigned granule = granule_in_line(at);
  const plane_word written = line.written(granule), read = line.read(granule);
  const std::uint8_t mask = bytes_of_granule(at, end.from, end.to);
  if (written != kExact && written != kNoAccess)
    find_unordered(end, at, record_of(written, at, access_kind::write), mask);
  if (are_reads_exact(written, read)) {
    exact_records entries(cell_of(where, at));
    for (const record& entry : entries) find_unordered(end, at, entry, mask);
  } else if (read != kNoAccess && read != written) {
    find_unordered(end, at, record_of(read, at, access_kind::read), mask);
  }
  forget_granule(line, at, end.from, end.to, where);
}

// Granules that only the running segment has on record need no lock to be forgotten, but for a
// line's first, whose word is the lock: the end of a life leaves no record, so whoever comes at the
// same time comes before it or after it. False, and nothing is changed, where there are others.
bool forget_own_granules(const context& self, std::uintptr_t start, std::uintptr_t stop) {
  if (start % kLineBytes == 0 || (stop - start) % kGranuleBytes != 0) return false;
  std::atomic<plane_word>*written = write_words(start), *read = read_words(start);
  const std::size_t count = (stop - start) / kGranuleBytes;
  const auto is_own = [&](plane_word word) { return word == kNoAccess || self.ids.owns(word); };
  for (std::size_t i = 0; i < count; ++i) {
    // relaxed (all): own words are this thread's; of others nothing is read
    if (!is_own(written[i].load(std::memory_order_relaxed)) ||
        !is_own(read[i].load(std::memory_order_relaxed)))
      return false;
  }
  for (std::size_t i = 0; i < count; ++i) {
    written[i].store(kNoAccess, std::memory_order_relaxed);
    read[i].store(kNoAccess, std::memory_order_relaxed);
  }
  return true;
}

void end_page(void* argument, chunk& where, std::uintptr_t from, std::uintptr_t to) {
  auto& end = *static_cast<end_of_life*>(argument);
  for (std::uintptr_t base = line_of(from); base < to; base += kLineBytes) {
    const std::uintptr_t start = std::max(granule_of(from), base);
    const std::uintptr_t stop = std::min(to, base + kLineBytes);
    if (are_granules_empty(start, stop)) continue;
    if (start >= from && forget_own_granules(end.self, start, stop)) continue;
    open_line line(base);
    const plane_word first_written = line.written(0), first_read = line.read(0);
    if (start >= from && stop == base + kLineBytes && start == base && line.is_uniform() &&
        is_settled(end.self, first_written) &&
        (first_read == first_written || is_settled(end.self, first_read))) {
      line.fill_written(kNoAccess);
      line.fill_read(kNoAccess);
      continue;
    }
    for (std::uintptr_t at = start; at < stop; at += kGranuleBytes) {
      const unsigned granule = granule_in_line(at);
      const plane_word written = line.written(granule), read = line.read(granule);
      if ((written | read) == kNoAccess) continue;
      const bool is_whole = at >= from && at + kGranuleBytes <= to;
      if (is_whole && is_settled(end.self, written) &&
          (read == written || is_settled(end.self, read))) {
        line.set_written(granule, kNoAccess);
        line.set_read(granule, kNoAccess);
      } else {
        end_granule(end, line, where, at);
      }
    }
  }
}

}  // namespace

bool is_on_record(const context& self, std::uintptr_t address, std::size_t size,
                  access_kind kind) noexcept {
  return has_planes(address, size) && size_on_record(self, address, size, kind) == size;
}

void check_keeping(context& self, std::uintptr_t address, std::size_t size, access_kind kind,
                   stack_id stack, kept_race& found) {
  self.is_dirty = true;
  if (!has_planes(address, size)) return;
  const bool was_found = found.is_found;
  recorder putting(self, kind, stack, found);
  const std::uintptr_t end = address + size;
  for (std::uintptr_t at = address; at < end;) {
    chunk* where = mark_page(at);
    if (where == nullptr) return;
    const std::uintptr_t page_end =
        std::min(end, (at | ((std::uintptr_t{1} << kPageBits) - 1)) + 1);
    while (at < page_end) {
      const std::uintptr_t line_end = std::min(page_end, line_of(at) + kLineBytes);
      putting.put(*where, at, line_end);
      at = line_end;
    }
  }
  if (!found.is_found || was_found) return;
  found.address = address;
  found.size = size;
  found.kind = kind;
  found.stack = stack;
}

void report_kept(context& self, const kept_race& found, bool is_end_of_life) {
  race_facts facts;
  facts.now = {found.address, found.size, found.kind, found.stack, self.actor_index};
  const record& before = found.previous;
  facts.before.address = found.previous_cell + static_cast<unsigned>(__builtin_ctz(before.mask()));
  facts.before.size = static_cast<std::size_t>(__builtin_popcount(before.mask()));
  facts.before.kind = before.kind();
  facts.before.stack = before.stack();
  facts.before.actor_index = actor_of(before.moment());
  facts.before_clock = before.moment().clock();
  facts.known_clock = self.clock_of(before.moment().who());
  facts.is_end_of_life = is_end_of_life;
  report_race(facts);
}

[[gnu::noinline]] void check_range(std::uintptr_t address, std::size_t size, access_kind kind,
                                   call_site site) {
  thread_state& thread = this_thread;
  if (thread.inside != 0 || size == 0) return;
  context* self = current_context();
  if (self == nullptr || self->ignore_depth != 0 || !has_planes(address, size)) return;
  // Walking the stack is what costs, so first see whether there is anything to put on record.
  const std::size_t known = size_on_record(*self, address, size, kind);
  if (known == size) return;
  address += known;
  size -= known;
  inside_guard guard;
  kept_race found;
  const stack_id stack =
      add_locks(*self, record_stack(site, self->stack_low, self->stack_high, thread.walks));
  check_keeping(*self, address, size, kind, stack, found);
  if (found.is_found) report_kept(*self, found);
}

void check_end_of_life(std::uintptr_t address, std::size_t size, call_site site) {
  thread_state& thread = this_thread;
  context* self = thread.inside != 0 ? nullptr : thread.current;
  if (self == nullptr || self->ignore_depth != 0 || size == 0) {
    forget_accesses(address, address + size);
    return;
  }
  inside_guard guard;
  kept_race found{false, address, size, access_kind::write, 0, 0, {}};
  end_of_life end{*self, address, address + size, found};
  if ((address ^ (address + size - 1)) >> kPageBits == 0) {
    if (chunk* where = find_chunk(address)) end_page(&end, *where, address, address + size);
  } else {
    for_each_touched_page(address, address + size, &end_page, &end);
  }
  if (!found.is_found) return;
  found.stack = add_locks(*self, unwind_stack(site, self->stack_low, self->stack_high));
  report_kept(*self, found, true);
}

}  // namespace vole::race
