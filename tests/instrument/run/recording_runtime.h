// SPDX-License-Identifier: Apache-2.0
// A runtime for instrumented test programs that performs atomics and records what it was told.
#pragma once

#include <cstddef>
#include <cstdint>

namespace recording {

// Starts recording of the accesses to [base, base + size), at most 4096 bytes; forgets what it had.
void watch(const void* base, std::size_t size);

// Whether the byte was announced as read, written since watch().
bool was_read(const void* byte);
bool was_written(const void* byte);

// Writes to stdout, for each segment (between two releases) and each byte accessed in it, how many
// acquires had happened before its first access and before its first write. Two programs with the
// same output announce the same races.
void print_segments();

// How many calls of the entry points there were.
std::uint64_t calls();

}  // namespace recording

// What the compiler can't look into; releases and acquires, only acquires, throws if told to.
extern "C" void external_sync();
extern "C" int external_acquire() __attribute__((pure));
extern "C" void external_throw(bool really);
