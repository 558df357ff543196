// SPDX-License-Identifier: Apache-2.0
// The programs on which race mode is compared with ThreadSanitizer; each does n rounds of its work.
#pragma once

namespace bench {

void array_sweep(long n);      // one thread writes and reads an array from end to end
void matrix(long n);           // one thread multiplies matrices of doubles
void string_sort(long n);      // one thread sorts strings
void linked_list(long n);      // one thread builds, walks and frees a list
void ordered_map(long n);      // one thread fills and searches a std::map
void sieve(long n);            // one thread marks multiples in an array of bytes
void quick_sort(long n);       // one thread sorts integers by a recursion of its own
void n_body(long n);           // one thread moves five bodies, doubles in structs
void hash_table(long n);       // one thread fills and searches a std::unordered_map
void binary_trees(long n);     // one thread builds and walks trees of small heap blocks
void grid_search(long n);      // one thread finds shortest ways in a grid with a queue
void shared_matrix(long n);    // two threads multiply, each its rows, with the same inputs
void mutex_per_item(long n);   // two threads count, with a lock taken for each item
void bounded_queue(long n);    // one thread passes items to another, mutex and condition variable
void histogram(long n);        // two threads count into one histogram behind one std::mutex
void atomic_counters(long n);  // two threads add to shared atomics
void parallel_sweep(long n);   // two threads sweep the halves of one array, over and over

}  // namespace bench
