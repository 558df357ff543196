// SPDX-License-Identifier: Apache-2.0
// Runs the programs one after the other. Built natively, with ThreadSanitizer and with vole-c++
// -race.
#include "../measure.h"
#include "kernels.h"

int main() {
  bench::measure("array_sweep", bench::array_sweep);
  bench::measure("matrix", bench::matrix);
  bench::measure("string_sort", bench::string_sort);
  bench::measure("linked_list", bench::linked_list);
  bench::measure("ordered_map", bench::ordered_map);
  bench::measure("sieve", bench::sieve);
  bench::measure("quick_sort", bench::quick_sort);
  bench::measure("n_body", bench::n_body);
  bench::measure("hash_table", bench::hash_table);
  bench::measure("binary_trees", bench::binary_trees);
  bench::measure("grid_search", bench::grid_search);
  bench::measure("shared_matrix", bench::shared_matrix);
  bench::measure("mutex_per_item", bench::mutex_per_item);
  bench::measure("bounded_queue", bench::bounded_queue);
  bench::measure("histogram", bench::histogram);
  bench::measure("atomic_counters", bench::atomic_counters);
  bench::measure("parallel_sweep", bench::parallel_sweep);
}
