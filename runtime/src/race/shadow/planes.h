// SPDX-License-Identifier: Apache-2.0
// The two planes: for each 4 bytes of memory (a granule) one word about writes and one about reads.
// Instrumented code looks at a word itself: if it names the running segment, the access is on
// record.
//
// What the words (written, read) of a granule say
//   (0, 0)          nothing was accessed
//   (w, r)          all four bytes were written under id w (if w is not 0), and later read under r
//                   (if r is neither 0 nor w: a write puts its id in both planes, so that a read
//                   after it needs to look at one word only)
//   (w, kExact)     the same of writes; the reads are in the granule's exact cell
//   (kExact, x)     all records are there: parts of a granule, atomics; x is kExact, or an id by
//                   which its segment knows its own atomic access on record (atomic_step.h)
//
// Words change under the lock of their line (64 bytes of memory): kLocked in the write plane's
// first word of the line. Instrumented code takes no lock: only a segment's own thread puts the
// segment's id in a plane, so whoever finds its own was on record at that moment.
//
// Each plane is at a constant distance from the memory that it describes, which is chosen at start
// so that all three fit beside each other whatever layout the kernel has chosen. Rejected: a fixed
// distance (three times 47 bits of randomised address space do not fit one another); a table of
// pieces (a second, dependent load in front of every access).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace vole::race {

using plane_word = std::uint32_t;
inline constexpr plane_word kNoAccess = 0;
inline constexpr plane_word kLocked = 0xffffffff;
inline constexpr plane_word kExact = 0xfffffffe;
inline constexpr plane_word kNever = 0xfffffffd;  // in no plane: who runs under it looks up always

constexpr bool are_reads_exact(plane_word written, plane_word read) {
  return written == kExact || read == kExact;
}

inline constexpr std::uintptr_t kGranuleBytes = 4;
inline constexpr std::uintptr_t kLineBytes = 64;
inline constexpr unsigned kGranulesInLine = kLineBytes / kGranuleBytes;

// Distances from memory to planes. Instrumented code reads them, too (instrument_abi.def).
extern "C" {
extern std::uintptr_t vole_write_plane __asm__("__vole_write_plane");
extern std::uintptr_t vole_read_plane __asm__("__vole_read_plane");
}

// Chooses the distances and maps the planes; later calls do nothing. Ends the process, with the
// reason, where the memory's layout leaves no room. Async-signal-safe but for the first call.
void prepare_planes();

// The address space is dealt out in pieces of 1 TB: 128 of them for 47 bits.
inline constexpr unsigned kAddressSpaceBits = 47, kPieceBits = 40;
inline constexpr int kPieces = 1 << (kAddressSpaceBits - kPieceBits);
extern bool covered_pieces[kPieces];  // those that have planes; never taken back

// Whether [address, address + bytes) has planes. Memory that came later may have none: see below.
inline bool has_planes(std::uintptr_t address, std::size_t bytes) noexcept {
  const std::uintptr_t last = address + bytes - 1;
  return last >= address && last >> kAddressSpaceBits == 0 &&
         covered_pieces[address >> kPieceBits] && covered_pieces[last >> kPieceBits];
}
// Gives new memory its planes if it has none yet.
void extend_planes(std::uintptr_t address, std::size_t bytes);

inline std::atomic<plane_word>* write_words(std::uintptr_t address) noexcept {
  return reinterpret_cast<std::atomic<plane_word>*>((address & ~(kGranuleBytes - 1)) +
                                                    vole_write_plane);
}
inline std::atomic<plane_word>* read_words(std::uintptr_t address) noexcept {
  return reinterpret_cast<std::atomic<plane_word>*>((address & ~(kGranuleBytes - 1)) +
                                                    vole_read_plane);
}

// Whether nothing is on record for any byte of the line. Lock-free: a hint unless nobody else can
// have the memory.
bool is_line_empty(std::uintptr_t line) noexcept;
// The same of granules in one line, from `first` to the one before `end`.
inline bool are_granules_empty(std::uintptr_t first, std::uintptr_t end) noexcept {
  const auto* written = write_words(first);
  const auto* read = read_words(first);
  plane_word any = 0;
  for (std::uintptr_t i = 0; first + i * kGranuleBytes < end; ++i) {
    // relaxed: as above
    any |= written[i].load(std::memory_order_relaxed) | read[i].load(std::memory_order_relaxed);
  }
  return any == 0;
}

// Both planes' words of one line, locked. Short: no other lock but the arena's is taken inside.
class open_line {
 public:
  [[gnu::always_inline]] explicit open_line(std::uintptr_t line) noexcept
      : written_(write_words(line)), read_(read_words(line)) {
    // relaxed: the exchange decides
    first_ = written_[0].load(std::memory_order_relaxed);
    // acquire: pairs with the release below; sees what the last holder did to the line's records
    if (first_ == kLocked ||
        !written_[0].compare_exchange_strong(first_, kLocked, std::memory_order_acquire,
                                             std::memory_order_relaxed))
      wait();
  }
  ~open_line() {
    written_[0].store(first_, std::memory_order_release);  // release: publishes the line's records
  }
  open_line(const open_line&) = delete;
  open_line& operator=(const open_line&) = delete;

  // relaxed (all): the lock is held; instrumented code only looks for its own id
  plane_word written(unsigned granule) const noexcept {
    return granule == 0 ? first_ : written_[granule].load(std::memory_order_relaxed);
  }
  plane_word read(unsigned granule) const noexcept {
    return read_[granule].load(std::memory_order_relaxed);
  }
  void set_written(unsigned granule, plane_word word) noexcept {
    if (granule == 0) {
      first_ = word;
    } else {
      written_[granule].store(word, std::memory_order_relaxed);
    }
  }
  void set_read(unsigned granule, plane_word word) noexcept {
    read_[granule].store(word, std::memory_order_relaxed);
  }
  // Whether all granules have the first one's words.
  bool is_uniform() const noexcept;
  void fill_written(plane_word word) noexcept;
  void fill_read(plane_word word) noexcept;

 private:
  void wait() noexcept;

  std::atomic<plane_word>* written_;
  std::atomic<plane_word>* read_;
  plane_word first_;
};

// How many granules from the one of `address` on, up to that of `last`, have words in the plane
// that `first_word` points into that agree with `ids` in the bits of `mask` (both: a word, twice).
std::size_t count_agreeing(const std::atomic<plane_word>* first_word, std::size_t count,
                           std::uint64_t ids, std::uint64_t mask) noexcept;

}  // namespace vole::race
