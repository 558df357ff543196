// SPDX-License-Identifier: Apache-2.0
// What instrumented code calls instead of libc's memory and string functions (instrument_abi.def):
// checks the bytes that the function's contract says it touches, then calls it.
//
// Functions that stop early touch nothing behind the place where they stop: memchr and strchr what
// they find, strcmp and memcmp the first difference. libc reads whole vectors, but a write behind
// that place can't be noticed.
#include <strings.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "race/access_check.h"

namespace vole::race {
namespace {

void reads(const void* from, std::size_t bytes, call_site site) {
  check_range(reinterpret_cast<std::uintptr_t>(from), bytes, access_kind::read, site);
}
void writes(const void* into, std::size_t bytes, call_site site) {
  check_range(reinterpret_cast<std::uintptr_t>(into), bytes, access_kind::write, site);
}
void reads_string(const char* text, call_site site) { reads(text, std::strlen(text) + 1, site); }

// How many bytes a search that ended at `found` (null: nowhere) has read of so many.
std::size_t bytes_until(const void* start, const void* found, std::size_t bytes) {
  if (found == nullptr) return bytes;
  return static_cast<std::size_t>(static_cast<const char*>(found) -
                                  static_cast<const char*>(start)) +
         1;
}

// How many bytes of each a comparison of at most `limit` characters reads.
template <bool EndsAtZero, class Fold>
std::size_t bytes_compared(const void* left, const void* right, std::size_t limit, Fold fold) {
  const auto* one = static_cast<const unsigned char*>(left);
  const auto* two = static_cast<const unsigned char*>(right);
  for (std::size_t i = 0; i < limit; ++i)
    if (fold(one[i]) != fold(two[i]) || (EndsAtZero && one[i] == 0)) return i + 1;
  return limit;
}
unsigned char as_is(unsigned char character) { return character; }
int folded(unsigned char character) { return std::tolower(character); }

constexpr std::size_t kNoLimit = SIZE_MAX;

void reads_both(const void* left, const void* right, std::size_t bytes, call_site site) {
  reads(left, bytes, site);
  reads(right, bytes, site);
}
// Copies of `bytes` bytes.
void moves(void* into, const void* from, std::size_t bytes, call_site site) {
  reads(from, bytes, site);
  writes(into, bytes, site);
}
// A copy of a string, its zero included.
void copies(char* into, const char* from, call_site site) {
  moves(into, from, std::strlen(from) + 1, site);
}
// strncpy: reads up to the zero, writes all.
void pads(char* into, const char* from, std::size_t bytes, call_site site) {
  reads(from, std::min(strnlen(from, bytes) + 1, bytes), site);
  writes(into, bytes, site);
}
// strncat: reads the target up to its zero, writes from there on, one zero more than it copies.
void appends(char* into, const char* from, std::size_t limit, call_site site) {
  const std::size_t old = std::strlen(into), added = strnlen(from, limit);
  reads(from, std::min(added + 1, limit), site);
  reads(into, old + 1, site);
  writes(into + old, added + 1, site);
}

}  // namespace
}  // namespace vole::race

using namespace vole::race;  // NOLINT(google-build-using-namespace): this file is its entry points

#define VOLE_TWIN(RESULT, NAME, ...) \
  extern "C" [[gnu::visibility("default")]] RESULT __vole_##NAME(__VA_ARGS__)

VOLE_TWIN(void*, memchr, const void* start, int wanted, std::size_t bytes) {
  auto* const found = const_cast<void*>(std::memchr(start, wanted, bytes));
  reads(start, bytes_until(start, found, bytes), VOLE_CALL_SITE());
  return found;
}
VOLE_TWIN(void*, memrchr, const void* start, int wanted, std::size_t bytes) {
  auto* const found = const_cast<void*>(::memrchr(start, wanted, bytes));
  const std::size_t skipped = found == nullptr ? 0 : bytes_until(start, found, 0) - 1;
  reads(static_cast<const char*>(start) + skipped, bytes - skipped, VOLE_CALL_SITE());
  return found;
}
VOLE_TWIN(int, memcmp, const void* left, const void* right, std::size_t bytes) {
  reads_both(left, right, bytes_compared<false>(left, right, bytes, as_is), VOLE_CALL_SITE());
  return std::memcmp(left, right, bytes);
}
VOLE_TWIN(int, bcmp, const void* left, const void* right, std::size_t bytes) {
  reads_both(left, right, bytes_compared<false>(left, right, bytes, as_is), VOLE_CALL_SITE());
  return std::memcmp(left, right, bytes);
}
VOLE_TWIN(void*, memcpy, void* into, const void* from, std::size_t bytes) {
  moves(into, from, bytes, VOLE_CALL_SITE());
  return std::memcpy(into, from, bytes);
}
VOLE_TWIN(void*, mempcpy, void* into, const void* from, std::size_t bytes) {
  moves(into, from, bytes, VOLE_CALL_SITE());
  return ::mempcpy(into, from, bytes);
}
VOLE_TWIN(void*, memmove, void* into, const void* from, std::size_t bytes) {
  moves(into, from, bytes, VOLE_CALL_SITE());
  return std::memmove(into, from, bytes);
}
VOLE_TWIN(void*, memset, void* into, int value, std::size_t bytes) {
  writes(into, bytes, VOLE_CALL_SITE());
  return std::memset(into, value, bytes);
}

VOLE_TWIN(std::size_t, strlen, const char* text) {
  const std::size_t length = std::strlen(text);
  reads(text, length + 1, VOLE_CALL_SITE());
  return length;
}
VOLE_TWIN(std::size_t, strnlen, const char* text, std::size_t limit) {
  const std::size_t length = ::strnlen(text, limit);
  reads(text, std::min(length + 1, limit), VOLE_CALL_SITE());
  return length;
}
VOLE_TWIN(int, strcmp, const char* left, const char* right) {
  reads_both(left, right, bytes_compared<true>(left, right, kNoLimit, as_is), VOLE_CALL_SITE());
  return std::strcmp(left, right);
}
VOLE_TWIN(int, strncmp, const char* left, const char* right, std::size_t limit) {
  reads_both(left, right, bytes_compared<true>(left, right, limit, as_is), VOLE_CALL_SITE());
  return std::strncmp(left, right, limit);
}
VOLE_TWIN(int, strcasecmp, const char* left, const char* right) {
  reads_both(left, right, bytes_compared<true>(left, right, kNoLimit, folded), VOLE_CALL_SITE());
  return ::strcasecmp(left, right);
}
VOLE_TWIN(int, strncasecmp, const char* left, const char* right, std::size_t limit) {
  reads_both(left, right, bytes_compared<true>(left, right, limit, folded), VOLE_CALL_SITE());
  return ::strncasecmp(left, right, limit);
}
VOLE_TWIN(char*, strchr, const char* text, int wanted) {
  auto* const found = const_cast<char*>(std::strchr(text, wanted));
  const std::size_t all = found == nullptr ? std::strlen(text) + 1 : 0;
  reads(text, bytes_until(text, found, all), VOLE_CALL_SITE());
  return found;
}
VOLE_TWIN(char*, strrchr, const char* text, int wanted) {
  reads_string(text, VOLE_CALL_SITE());
  return const_cast<char*>(std::strrchr(text, wanted));
}
VOLE_TWIN(char*, strstr, const char* text, const char* wanted) {
  auto* const found = const_cast<char*>(std::strstr(text, wanted));
  const std::size_t length = std::strlen(wanted);
  reads(wanted, length + 1, VOLE_CALL_SITE());
  reads(text, found != nullptr ? bytes_until(text, found + length, 0) - 1 : std::strlen(text) + 1,
        VOLE_CALL_SITE());
  return found;
}
VOLE_TWIN(std::size_t, strspn, const char* text, const char* set) {
  const std::size_t length = std::strspn(text, set);
  reads_string(set, VOLE_CALL_SITE());
  reads(text, length + 1, VOLE_CALL_SITE());
  return length;
}
VOLE_TWIN(std::size_t, strcspn, const char* text, const char* set) {
  const std::size_t length = std::strcspn(text, set);
  reads_string(set, VOLE_CALL_SITE());
  reads(text, length + 1, VOLE_CALL_SITE());
  return length;
}
VOLE_TWIN(char*, strpbrk, const char* text, const char* set) {
  reads_string(set, VOLE_CALL_SITE());
  reads(text, std::strcspn(text, set) + 1, VOLE_CALL_SITE());
  return const_cast<char*>(std::strpbrk(text, set));
}

VOLE_TWIN(char*, strcpy, char* into, const char* from) {
  copies(into, from, VOLE_CALL_SITE());
  return std::strcpy(into, from);  // NOLINT(clang-analyzer-security.insecureAPI.strcpy)
}
VOLE_TWIN(char*, stpcpy, char* into, const char* from) {
  copies(into, from, VOLE_CALL_SITE());
  return ::stpcpy(into, from);
}
VOLE_TWIN(char*, strncpy, char* into, const char* from, std::size_t bytes) {
  pads(into, from, bytes, VOLE_CALL_SITE());
  return std::strncpy(into, from, bytes);
}
VOLE_TWIN(char*, strcat, char* into, const char* from) {
  appends(into, from, kNoLimit, VOLE_CALL_SITE());
  return std::strcat(into, from);  // NOLINT(clang-analyzer-security.insecureAPI.strcpy)
}
VOLE_TWIN(char*, strncat, char* into, const char* from, std::size_t limit) {
  appends(into, from, limit, VOLE_CALL_SITE());
  return std::strncat(into, from, limit);
}
VOLE_TWIN(char*, strdup, const char* text) {
  reads_string(text, VOLE_CALL_SITE());
  return ::strdup(text);
}
VOLE_TWIN(char*, strndup, const char* text, std::size_t limit) {
  reads(text, std::min(::strnlen(text, limit) + 1, limit), VOLE_CALL_SITE());
  return ::strndup(text, limit);
}

// The forms that check the target's size, of programs built with _FORTIFY_SOURCE.
extern "C" {
void* __memcpy_chk(void*, const void*, std::size_t, std::size_t);
void* __memmove_chk(void*, const void*, std::size_t, std::size_t);
void* __memset_chk(void*, int, std::size_t, std::size_t);
char* __strcpy_chk(char*, const char*, std::size_t);
char* __stpcpy_chk(char*, const char*, std::size_t);
char* __strncpy_chk(char*, const char*, std::size_t, std::size_t);
char* __strcat_chk(char*, const char*, std::size_t);
char* __strncat_chk(char*, const char*, std::size_t, std::size_t);
}
VOLE_TWIN(void*, __memcpy_chk, void* into, const void* from, std::size_t bytes, std::size_t room) {
  moves(into, from, bytes, VOLE_CALL_SITE());
  return __memcpy_chk(into, from, bytes, room);
}
VOLE_TWIN(void*, __memmove_chk, void* into, const void* from, std::size_t bytes, std::size_t room) {
  moves(into, from, bytes, VOLE_CALL_SITE());
  return __memmove_chk(into, from, bytes, room);
}
VOLE_TWIN(void*, __memset_chk, void* into, int value, std::size_t bytes, std::size_t room) {
  writes(into, bytes, VOLE_CALL_SITE());
  return __memset_chk(into, value, bytes, room);
}
VOLE_TWIN(char*, __strcpy_chk, char* into, const char* from, std::size_t room) {
  copies(into, from, VOLE_CALL_SITE());
  return __strcpy_chk(into, from, room);
}
VOLE_TWIN(char*, __stpcpy_chk, char* into, const char* from, std::size_t room) {
  copies(into, from, VOLE_CALL_SITE());
  return __stpcpy_chk(into, from, room);
}
VOLE_TWIN(char*, __strncpy_chk, char* into, const char* from, std::size_t bytes, std::size_t room) {
  pads(into, from, bytes, VOLE_CALL_SITE());
  return __strncpy_chk(into, from, bytes, room);
}
VOLE_TWIN(char*, __strcat_chk, char* into, const char* from, std::size_t room) {
  appends(into, from, kNoLimit, VOLE_CALL_SITE());
  return __strcat_chk(into, from, room);
}
VOLE_TWIN(char*, __strncat_chk, char* into, const char* from, std::size_t limit, std::size_t room) {
  appends(into, from, limit, VOLE_CALL_SITE());
  return __strncat_chk(into, from, limit, room);
}

// Each name of the list has its twin here, or this does not link.
#define VOLE_ABI_LIBC(NAME) static_assert(&__vole_##NAME != nullptr);
#include <vole/instrument_abi.def>
