// SPDX-License-Identifier: Apache-2.0
// Atomic operations become calls that perform them, with the source's order; no atomic is left.

// O2 counter atomics_expanded >= 3

// O2 counter omitted_signal_fence >= 1

// flags: -mcx16
#include <atomic>

// O2 load_relaxed: __vole_atomic32_load(0)
extern "C" int load_relaxed(std::atomic<int>* p) { return p->load(std::memory_order_relaxed); }
// O2 load_acquire: __vole_atomic8_load(2)
extern "C" bool load_acquire(std::atomic<bool>* p) { return p->load(std::memory_order_acquire); }
// O2 load_seq_cst: __vole_atomic64_load(5)
extern "C" double load_seq_cst(std::atomic<double>* p) { return p->load(); }
// O2 load_pointer: __vole_atomic64_load(5)
extern "C" void* load_pointer(std::atomic<void*>* p) { return p->load(); }
// O2 store_release: __vole_atomic16_store(3)
extern "C" void store_release(std::atomic<short>* p) { p->store(1, std::memory_order_release); }
// O2 store_pointer: __vole_atomic64_store(0)
extern "C" void store_pointer(std::atomic<void*>* p) { p->store(p, std::memory_order_relaxed); }
// O2 exchange: __vole_atomic32_exchange(4)
extern "C" int exchange(std::atomic<int>* p) { return p->exchange(1, std::memory_order_acq_rel); }
// O2 exchange_pointer: __vole_atomic64_exchange(5)
extern "C" void* exchange_pointer(std::atomic<void*>* p) { return p->exchange(p); }
// O2 add: __vole_atomic32_fetch_add(5)
extern "C" int add(std::atomic<int>* p) { return p->fetch_add(1); }
// O2 sub: __vole_atomic64_fetch_sub(0)
extern "C" long sub(std::atomic<long>* p, long n) {
  return p->fetch_sub(n, std::memory_order_relaxed);
}
// O2 bit_and: __vole_atomic8_fetch_and(5)
extern "C" unsigned char bit_and(std::atomic<unsigned char>* p) { return p->fetch_and(3); }
// O2 bit_or: __vole_atomic32_fetch_or(5)
extern "C" int bit_or(std::atomic<int>* p) { return p->fetch_or(3); }
// O2 bit_xor: __vole_atomic32_fetch_xor(5)
extern "C" int bit_xor(std::atomic<int>* p) { return p->fetch_xor(3); }
// O2 bit_nand: __vole_atomic32_fetch_nand(5)
extern "C" int bit_nand(int* p) { return __atomic_fetch_nand(p, 3, __ATOMIC_SEQ_CST); }
// O2 strong: __vole_atomic32_compare_exchange(4,2)
extern "C" bool strong(std::atomic<int>* p, int was) {
  return p->compare_exchange_strong(was, 7, std::memory_order_acq_rel, std::memory_order_acquire);
}
// O2 weak: __vole_atomic64_compare_exchange(3,0)
extern "C" bool weak(std::atomic<int*>* p, int* was) {
  return p->compare_exchange_weak(was, nullptr, std::memory_order_release,
                                  std::memory_order_relaxed);
}
// O2 fence: __vole_atomic_fence(2)
extern "C" void fence() { std::atomic_thread_fence(std::memory_order_acquire); }
// O2 signal_fence: none
extern "C" void signal_fence() { std::atomic_signal_fence(std::memory_order_seq_cst); }
// O2 minimum: __vole_atomic32_load(0) __vole_atomic32_compare_exchange(5,5)
extern "C" int minimum(int* p, int n) { return __atomic_fetch_min(p, n, __ATOMIC_SEQ_CST); }
// O2 unsigned_maximum: __vole_atomic64_load(0) __vole_atomic64_compare_exchange(3,0)
extern "C" unsigned long unsigned_maximum(unsigned long* p, unsigned long n) {
  return __atomic_fetch_max(p, n, __ATOMIC_RELEASE);
}
// O2 real_add: __vole_atomic32_load(0) __vole_atomic32_compare_exchange(0,0)
extern "C" float real_add(_Atomic(float)* p) {
  return __c11_atomic_fetch_add(p, 1.0f, __ATOMIC_RELAXED);
}
// O2 sixteen_bytes: __vole_atomic128_load(5)
extern "C" __int128 sixteen_bytes(__int128* p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }
// A plain access of the same object is a plain access.
// O2 plain_beside_atomic: __vole_write4
extern "C" void plain_beside_atomic(int* p) { *p = 1; }
// O0 at_o0: __vole_atomic32_fetch_add(5)
extern "C" int at_o0(int* p) { return __atomic_fetch_add(p, 1, __ATOMIC_SEQ_CST); }
