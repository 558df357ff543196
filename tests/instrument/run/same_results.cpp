// SPDX-License-Identifier: Apache-2.0
// A program of atomic operations and odd accesses that prints its results: the same with and
// without the plugin. Built both ways and compared by run_same_results.py.
#include <atomic>
#include <complex>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

template <class T>
void integers(const char* name) {
  std::atomic<T> a{5};
  T got[16] = {};
  got[0] = a.fetch_add(250);
  got[1] = a.fetch_sub(3);
  got[2] = a.fetch_and(static_cast<T>(0xf3));
  got[3] = a.fetch_or(8);
  got[4] = a.fetch_xor(0x1f);
  got[5] = a.exchange(static_cast<T>(-2));
  T expected = 7;
  got[6] = a.compare_exchange_strong(expected, 9);
  got[7] = expected;
  got[8] = a.compare_exchange_strong(expected, 9, std::memory_order_acquire);
  got[9] = a.load();
  T plain = static_cast<T>(-5);
  got[10] = __atomic_fetch_nand(&plain, 6, __ATOMIC_SEQ_CST);
  got[11] = __atomic_fetch_min(&plain, 3, __ATOMIC_ACQ_REL);
  got[12] = __atomic_fetch_max(&plain, 4, __ATOMIC_RELAXED);
  got[13] = plain;
  a.store(std::numeric_limits<T>::max(), std::memory_order_release);
  got[14] = ++a;
  got[15] = a--;
  std::printf("%s", name);
  for (T one : got) std::printf(" %lld", static_cast<long long>(one));
  std::printf("\n");
}

template <class T>
void reals(const char* name) {
  std::atomic<T> a{T(1.5)};
  T first = a.fetch_add(T(2.25));
  T second = a.fetch_sub(T(0.5));
  T third = a.exchange(T(-0.0));
  T expected = T(0.0);  // differs in its bits
  bool swapped = a.compare_exchange_strong(expected, T(3));
  std::printf("%s %g %g %g %d %g\n", name, double(first), double(second), double(third), swapped,
              double(a.load()));
}

void pointers() {
  int array[8] = {};
  std::atomic<int*> p{array};
  int* old = p.fetch_add(3);
  std::printf("pointers %td %td", old - array, p.load() - array);
  old = p.exchange(nullptr);
  int* expected = nullptr;
  bool swapped = p.compare_exchange_weak(expected, array + 7);
  std::printf(" %td %d %td\n", old - array, swapped, p.load() - array);
}

void flags() {
  std::atomic_flag flag;
  bool first = flag.test_and_set();
  bool second = flag.test_and_set();
  flag.clear();
  std::atomic<bool> b{true};
  std::printf("flags %d %d %d %d\n", first, second, flag.test(), b.exchange(false));
}

struct base {
  virtual ~base() { std::printf("~base "); }
  virtual int number() const { return 1; }
};
struct derived : virtual base {
  ~derived() override { std::printf("~derived "); }
  int number() const override { return 2 + static_cast<int>(text.size()); }
  std::string text = "a string too long for the small buffer of a string";
};

struct big {
  long words[9];
};
long take(big value, long double extra) { return value.words[8] + static_cast<long>(extra); }

void objects() {
  std::shared_ptr<base> shared = std::make_shared<derived>();
  std::weak_ptr<base> weak = shared;
  std::printf("objects %d %ld ", shared->number(), weak.use_count());
  shared.reset();
  std::printf("%d", weak.expired());
  big value{};
  value.words[8] = 40;
  std::complex<float> c{1, 2};
  c *= c;
  try {
    throw std::runtime_error(std::to_string(take(value, 2.5L)));
  } catch (const std::exception& error) {
    std::printf(" %s %g%+gi\n", error.what(), double(c.real()), double(c.imag()));
  }
}

[[gnu::noinline]] void masked(int* to, const int* from, const int* wanted, int n) {
  for (int i = 0; i < n; ++i) {
    if (wanted[i]) to[i] = from[i] * 3;
  }
}

void vectors() {
  std::vector<int> to(100, -1), from(100), wanted(100);
  for (int i = 0; i < 100; ++i) {
    from[i] = i;
    wanted[i] = i % 3 == 0;
  }
  masked(to.data(), from.data(), wanted.data(), 97);
  long sum = 0;
  for (int one : to) sum = sum * 31 % 1000003 + one;
  std::printf("vectors %ld\n", sum);
}

}  // namespace

int main() {
  integers<signed char>("int8");
  integers<unsigned char>("uint8");
  integers<short>("int16");
  integers<unsigned short>("uint16");
  integers<int>("int32");
  integers<unsigned>("uint32");
  integers<long>("int64");
  integers<unsigned long>("uint64");
  reals<float>("float");
  reals<double>("double");
  pointers();
  flags();
  objects();
  vectors();
}
