// SPDX-License-Identifier: Apache-2.0
// Code is built so that the runtime can walk its frames and find its lines, without the driver's
// flags.

extern "C" int callee(int);

// O0,O2 caller has "frame-pointer"="all"
// O0,O2 caller has "disable-tail-calls"="true"
// O0,O2 caller has sanitize_thread
extern "C" int caller(int n) { return callee(n + 1); }

// Exempt functions are on the stack too.
// O0,O2 exempt has "frame-pointer"="all"
// O0,O2 exempt has noinline
extern "C" __attribute__((disable_sanitizer_instrumentation)) int exempt(int n) {
  return callee(n);
}

// An ifunc's resolver runs before the runtime can be called.
// O0,O2 resolve: none
int choice;
extern "C" int one(int n) { return n; }
extern "C" {
int (*resolve())(int) { return choice != 0 ? one : callee; }
}
int chosen(int) __attribute__((ifunc("resolve")));
int use(int n) { return chosen(n); }
