// SPDX-License-Identifier: Apache-2.0
// Which allocations are remembered, and where they were made.
//
// An allocation is taken when a count of bytes, drawn from an exponential distribution with the
// rate as its mean, has been allocated on the thread since the one taken before: each byte has the
// same chance, whatever it is part of. What is taken counts 1 / (1 - exp(-size / rate)), the
// inverse of the chance that an object of its size had, so that sums are unbiased (Go's estimator).
//
// Only operator new and delete are seen (operator_new.cpp): not malloc called from C.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>

#include "profile/cpu/cpu_sampler.h"

namespace vole::profile {

// Mean bytes between two samples; 0: off.
extern constinit std::atomic<std::int64_t> heap_sample_rate;
// Samples that are not freed yet. While it is 0, delete has nothing to look up.
extern constinit std::atomic<std::int64_t> heap_live_samples;

// After an allocation while heap_sample_rate is not 0. Any thread; takes a lock of its own when it
// samples; allocates then, without recursing. Errors: none; without memory the sample is lost.
void on_allocated(void* object, std::size_t size) noexcept;
// Before an object is freed while heap_live_samples is not 0.
void on_freed(void* object) noexcept;

// Does nothing; its object file is the one that replaces operator new.
void link_operator_new();

// Sampled counts as they are, and scaled up to estimates of the truth.
struct heap_counts {
  std::int64_t objects = 0, bytes = 0;
  double estimated_objects = 0, estimated_bytes = 0;
};
struct heap_bucket {
  heap_counts allocated, freed;
};

// By stack and object size (labelled_stack::object_bytes); stacks as they were unwound.
std::map<labelled_stack, heap_bucket> heap_buckets();
std::size_t heap_bucket_count();

}  // namespace vole::profile
