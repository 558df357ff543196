// SPDX-License-Identifier: Apache-2.0
// The programs on which race mode is compared with ThreadSanitizer; each does n rounds of its work.
#pragma once

namespace bench {

void array_sweep(long n);      // one thread writes and reads an array from end to end
void matrix(long n);           // one thread multiplies matrices of doubles
void string_sort(long n);      // one thread sorts strings
void linked_list(long n);      // one thread builds, walks and frees a list
void ordered_map(long n);      // one thread fills and searches a std::map
void histogram(long n);        // two threads count into one histogram behind one std::mutex
void atomic_counters(long n);  // two threads add to shared atomics
void parallel_sweep(long n);   // two threads sweep the halves of one array, over and over

}  // namespace bench
