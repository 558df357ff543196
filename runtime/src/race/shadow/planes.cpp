// SPDX-License-Identifier: Apache-2.0
// Where the planes lie, and what is done to their words line by line.
#include "race/shadow/planes.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/check.h"
#include "base/raw_log.h"
#include "base/spin_lock.h"

extern "C" {
[[gnu::visibility("default")]] constinit std::uintptr_t vole_write_plane = 0;
[[gnu::visibility("default")]] constinit std::uintptr_t vole_read_plane = 0;
}

namespace vole::race {

constinit bool covered_pieces[kPieces] = {};

namespace {

constexpr std::uintptr_t kPieceBytes = std::uintptr_t{1} << kPieceBits;
// Memory grows: the heap upwards from the program, maps downwards from the stack. A program that
// maps more than that gets planes when it does (extend_planes), if nothing is in their way.
constexpr int kPiecesAbove = 1;
constexpr int kPiecesBelow = 4;

struct piece_set {
  bool has[kPieces] = {};
};
constinit std::atomic<bool> is_prepared{false};
constinit base::spin_lock layout_lock{base::lock_rank::leaf};

[[noreturn]] void die(const char* why) {
  {
    base::raw_writer out;
    out << "vole: the race detector has no room for its shadow memory: " << why << "\n";
  }
  std::_Exit(1);
}

// Calls visit(low, high) for each map of the process. No allocation: this runs before anything.
template <class Visit>
void for_each_map(Visit visit) {
  const int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0) die("/proc/self/maps can't be read");
  enum { in_low, in_high, in_rest } part = in_low;
  std::uintptr_t low = 0, high = 0;
  char buffer[4096];
  for (ssize_t got; (got = read(file, buffer, sizeof buffer)) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) die("/proc/self/maps can't be read");
    for (ssize_t i = 0; i < got; ++i) {
      const char c = buffer[i];
      if (c == '\n') {
        visit(low, high);
        low = high = 0;
        part = in_low;
      } else if (part != in_rest && (c == '-' || c == ' ')) {
        part = part == in_low ? in_high : in_rest;
      } else if (part != in_rest) {
        std::uintptr_t& number = part == in_low ? low : high;
        number = number << 4 | static_cast<std::uintptr_t>(c <= '9' ? c - '0' : c - 'a' + 10);
      }
    }
  }
  close(file);
}

piece_set pieces_in_use() {
  piece_set found;
  for_each_map([&](std::uintptr_t low, std::uintptr_t high) {
    if (high > std::uintptr_t{kPieces} << kPieceBits) return;  // the kernel's own page
    for (std::uintptr_t piece = low >> kPieceBits; piece <= (high - 1) >> kPieceBits; ++piece)
      found.has[piece] = true;
  });
  return found;
}

piece_set with_neighbours(const piece_set& from) {
  piece_set all = from;
  for (int piece = 0; piece < kPieces; ++piece) {
    if (!from.has[piece]) continue;
    for (int near = piece - kPiecesBelow; near <= piece + kPiecesAbove; ++near) {
      if (near >= 0 && near < kPieces) all.has[near] = true;
    }
  }
  return all;
}

// Whether every piece of `memory`, moved by `distance`, falls on a free one. Piece 0 is left alone:
// its first pages can't be mapped.
bool fits(const piece_set& memory, int distance, const piece_set& taken) {
  for (int piece = 0; piece < kPieces; ++piece) {
    if (!memory.has[piece]) continue;
    const int to = piece + distance;
    if (to < 1 || to >= kPieces || taken.has[to]) return false;
  }
  return true;
}

bool choose(const piece_set& memory, int& write_distance, int& read_distance) {
  for (write_distance = -kPieces; write_distance < kPieces; ++write_distance) {
    if (!fits(memory, write_distance, memory)) continue;
    piece_set taken = memory;
    for (int piece = 0; piece < kPieces; ++piece) {
      if (memory.has[piece]) taken.has[piece + write_distance] = true;
    }
    for (read_distance = -kPieces; read_distance < kPieces; ++read_distance) {
      if (fits(memory, read_distance, taken)) return true;
    }
  }
  return false;
}

bool map_at(std::uintptr_t where, std::uintptr_t bytes) {
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
  // The system calls themselves: mmap() is intercepted, and leads here.
  const long result =
      syscall(SYS_mmap, where, bytes, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (result == -1) return false;
  if (static_cast<std::uintptr_t>(result) != where) {  // a kernel that takes it for a hint
    syscall(SYS_munmap, result, bytes);
    return false;
  }
  void* got = reinterpret_cast<void*>(where);
  // A huge page behind a few words would make sparse shadow cost 500 times its share.
  madvise(got, bytes, MADV_NOHUGEPAGE);
  madvise(got, bytes, MADV_DONTDUMP);
  return true;
}

bool cover(int piece) {
  const std::uintptr_t memory = static_cast<std::uintptr_t>(piece) << kPieceBits;
  if (!map_at(memory + vole_write_plane, kPieceBytes)) return false;
  if (!map_at(memory + vole_read_plane, kPieceBytes)) {
    syscall(SYS_munmap, memory + vole_write_plane, kPieceBytes);
    return false;
  }
  covered_pieces[piece] = true;
  return true;
}

void lay_out() {
  const piece_set used = pieces_in_use();
  int write_distance = 0, read_distance = 0;
  piece_set wanted = with_neighbours(used);
  if (!choose(wanted, write_distance, read_distance)) {
    wanted = used;
    if (!choose(wanted, write_distance, read_distance))
      die("the program must be position-independent (compile with -fPIE, link with -pie)");
  }
  vole_write_plane = static_cast<std::uintptr_t>(write_distance) << kPieceBits;
  vole_read_plane = static_cast<std::uintptr_t>(read_distance) << kPieceBits;
  for (int piece = 0; piece < kPieces; ++piece) {
    if (wanted.has[piece] && !cover(piece) && used.has[piece])
      die("the kernel refuses the address space (ulimit -v, vm.overcommit_memory=2?)");
  }
}

}  // namespace

void prepare_planes() {
  if (is_prepared.load(std::memory_order_acquire)) return;  // acquire: sees the distances
  base::spin_guard guard(layout_lock);
  if (is_prepared.load(std::memory_order_relaxed)) return;  // relaxed: lock held
  const int saved_errno = errno;
  lay_out();
  errno = saved_errno;
  is_prepared.store(true, std::memory_order_release);  // release: publishes the distances
}

void extend_planes(std::uintptr_t address, std::size_t bytes) {
  // acquire: sees the distances
  if (bytes == 0 || !is_prepared.load(std::memory_order_acquire)) return;
  const std::uintptr_t last = address + bytes - 1;
  if (last < address || last >> kAddressSpaceBits != 0) return;
  for (std::uintptr_t piece = address >> kPieceBits; piece <= last >> kPieceBits; ++piece) {
    if (covered_pieces[piece]) continue;
    base::spin_guard guard(layout_lock);
    if (!covered_pieces[piece] && !cover(static_cast<int>(piece)))
      die("memory was mapped at an address whose shadow would overlap other memory");
  }
}

void open_line::wait() noexcept {
  constexpr int kSpins = 64;
  for (int spins = 1;; ++spins) {
    base::cpu_relax();
    if (spins % kSpins == 0) sched_yield();                // the holder may have lost its core
    first_ = written_[0].load(std::memory_order_relaxed);  // relaxed: the exchange decides
    // acquire: as in the constructor
    if (first_ != kLocked &&
        written_[0].compare_exchange_strong(first_, kLocked, std::memory_order_acquire,
                                            std::memory_order_relaxed))
      return;
  }
}

// The loops below are written for the compiler's vectoriser; the words are atomics to everybody who
// may change them meanwhile, and each function says why it does not care.

namespace {

const plane_word* plain(const std::atomic<plane_word>* words) noexcept {
  static_assert(sizeof(std::atomic<plane_word>) == sizeof(plane_word));
  return reinterpret_cast<const plane_word*>(words);
}

}  // namespace

bool is_line_empty(std::uintptr_t line) noexcept {
  const plane_word* written = plain(write_words(line));
  const plane_word* read = plain(read_words(line));
  plane_word any = 0;
  for (unsigned i = 0; i < kGranulesInLine; ++i) any |= written[i] | read[i];
  return any == 0;
}

bool open_line::is_uniform() const noexcept {
  const plane_word* written = plain(written_);
  const plane_word* read = plain(read_);
  plane_word difference = 0;
  for (unsigned i = 1; i < kGranulesInLine; ++i)
    difference |= (written[i] ^ first_) | (read[i] ^ read[0]);
  return difference == 0;
}

void open_line::fill_written(plane_word word) noexcept {
  first_ = word;
  auto* words = const_cast<plane_word*>(plain(written_));
  for (unsigned i = 1; i < kGranulesInLine; ++i) words[i] = word;
}

void open_line::fill_read(plane_word word) noexcept {
  auto* words = const_cast<plane_word*>(plain(read_));
  for (unsigned i = 0; i < kGranulesInLine; ++i) words[i] = word;
}

std::size_t count_agreeing(const std::atomic<plane_word>* first_word, std::size_t count,
                           std::uint64_t ids, std::uint64_t mask) noexcept {
  const plane_word* words = plain(first_word);
  const auto id = static_cast<plane_word>(ids), bits = static_cast<plane_word>(mask);
  constexpr std::size_t kAtOnce = 16;
  std::size_t i = 0;
  for (; i + kAtOnce <= count; i += kAtOnce) {
    plane_word difference = 0;
    for (std::size_t j = 0; j < kAtOnce; ++j) difference |= words[i + j] ^ id;
    if ((difference & bits) != 0) break;
  }
  while (i < count && ((words[i] ^ id) & bits) == 0) ++i;
  return i;
}

}  // namespace vole::race
