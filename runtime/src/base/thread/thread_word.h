// SPDX-License-Identifier: Apache-2.0
// A pointer of the calling thread's, read anew each time: for words that differ after a goroutine
// has moved to another thread.
//
// Compilers take the address of a thread_local to be one for the whole of a function, which a
// switch in the middle of it makes untrue; a function that is not inlined does not help where its
// callers are compiled in view of it. So the access is an assembler statement that nobody may cache
// or reorder.
//
//   VOLE_DEFINE_THREAD_WORD(vole_x)         in one .cpp file, at global scope
//   VOLE_DECLARE_THREAD_WORD(vole_x)        in the header, at global scope
//   VOLE_READ_THREAD_WORD(vole_x)           a void*; async-signal-safe
//   VOLE_WRITE_THREAD_WORD(vole_x, value)   likewise
#pragma once

// initial-exec: a signal handler must be able to read it without the dynamic linker allocating.
#define VOLE_DECLARE_THREAD_WORD(name) \
  extern "C" [[gnu::tls_model("initial-exec")]] __thread void* name;

#define VOLE_DEFINE_THREAD_WORD(name) \
  extern "C" [[gnu::tls_model("initial-exec"), gnu::used]] __thread void* name = nullptr;

#if defined(__x86_64__)
#define VOLE_READ_THREAD_WORD(name)         \
  ([]() noexcept {                          \
    void* word;                             \
    asm volatile("movq " #name              \
                 "@GOTTPOFF(%%rip), %0\n\t" \
                 "movq %%fs:(%0), %0"       \
                 : "=r"(word));             \
    return word;                            \
  }())
#define VOLE_WRITE_THREAD_WORD(name, value) \
  ([](void* word) noexcept {                \
    void* offset;                           \
    asm volatile("movq " #name              \
                 "@GOTTPOFF(%%rip), %0\n\t" \
                 "movq %1, %%fs:(%0)"       \
                 : "=&r"(offset)            \
                 : "r"(word)                \
                 : "memory");               \
  }(value))
#elif defined(__aarch64__)
#define VOLE_READ_THREAD_WORD(name)          \
  ([]() noexcept {                           \
    void *word, *offset;                     \
    asm volatile(                            \
        "mrs %0, tpidr_el0\n\t"              \
        "adrp %1, :gottprel:" #name          \
        "\n\t"                               \
        "ldr %1, [%1, :gottprel_lo12:" #name \
        "]\n\t"                              \
        "ldr %0, [%0, %1]"                   \
        : "=&r"(word), "=&r"(offset));       \
    return word;                             \
  }())
#define VOLE_WRITE_THREAD_WORD(name, value)  \
  ([](void* word) noexcept {                 \
    void *base, *offset;                     \
    asm volatile(                            \
        "mrs %0, tpidr_el0\n\t"              \
        "adrp %1, :gottprel:" #name          \
        "\n\t"                               \
        "ldr %1, [%1, :gottprel_lo12:" #name \
        "]\n\t"                              \
        "str %2, [%0, %1]"                   \
        : "=&r"(base), "=&r"(offset)         \
        : "r"(word)                          \
        : "memory");                         \
  }(value))
#else
#error "vole runs on x86-64 and aarch64"
#endif
