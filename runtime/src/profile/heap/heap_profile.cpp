// SPDX-License-Identifier: Apache-2.0
// The profiles heap and allocs: the same samples, with another value on top.
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "profile/heap/heap_sampler.h"
#include "profile/pprof/registry.h"
#include "profile/visible_frames.h"
#include "symbol/unwind.h"

namespace vole::profile {
namespace {

// For the texts' header when sampling has been turned off since.
constinit std::atomic<std::int64_t> last_rate{524'288};

// Buckets by what a reader sees of their stacks.
std::map<labelled_stack, heap_bucket> shown_buckets() {
  std::map<labelled_stack, heap_bucket> result;
  const auto add = [](heap_counts& to, const heap_counts& from) {
    to.objects += from.objects;
    to.bytes += from.bytes;
    to.estimated_objects += from.estimated_objects;
    to.estimated_bytes += from.estimated_bytes;
  };
  for (const auto& [stack, bucket] : heap_buckets()) {
    const auto shown = visible_part(stack.pcs);
    heap_bucket& place = result[{{shown.begin(), shown.end()}, {}, stack.object_bytes}];
    add(place.allocated, bucket.allocated);
    add(place.freed, bucket.freed);
  }
  return result;
}

std::string counts_text(const heap_counts& allocated, const heap_counts& freed) {
  return std::to_string(allocated.objects - freed.objects) + ": " +
         std::to_string(allocated.bytes - freed.bytes) + " [" + std::to_string(allocated.objects) +
         ": " + std::to_string(allocated.bytes) + "] @";
}

// What the C library says of the whole heap; the names are vole's, Go's have no meaning here.
std::string process_text() {
  const struct mallinfo2 info = mallinfo2();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return "\n# malloc\n# InUse = " + std::to_string(info.uordblks + info.hblkhd) +
         "\n# Free = " + std::to_string(info.fordblks) +
         "\n# Mapped = " + std::to_string(info.hblkhd) +
         "\n# MaxRSS = " + std::to_string(usage.ru_maxrss * 1024) + "\n";
}

class heap_profile final : public profile_state {
 public:
  heap_profile(std::string_view profile_name, std::string_view default_type)
      : profile_state(profile_name), default_type_(default_type) {}

  std::size_t count() const override { return heap_bucket_count(); }

  collected_profile collect() const override {
    collected_profile result{
        .sample_types = {{"alloc_objects", "count"},
                         {"alloc_space", "bytes"},
                         {"inuse_objects", "count"},
                         {"inuse_space", "bytes"}},
        .period_type = {"space", "bytes"},
        .period = last_rate.load(std::memory_order_relaxed),  // relaxed: a rate
        .default_sample_type = default_type_,
        .collected_at_ns = base::wall_ns()};
    for (const auto& [stack, bucket] : shown_buckets()) {
      const heap_counts& all = bucket.allocated;
      const heap_counts& gone = bucket.freed;
      result.samples[stack] = {std::llround(all.estimated_objects),
                               std::llround(all.estimated_bytes),
                               std::llround(all.estimated_objects - gone.estimated_objects),
                               std::llround(all.estimated_bytes - gone.estimated_bytes)};
    }
    return result;
  }

  // Sampled counts, not scaled: readers of this format scale by the rate in its header, which by
  // tradition is twice the real one.
  std::string text(int /*debug*/) const override {
    struct paragraph {
      std::int64_t in_use_bytes;
      std::string text;
      auto operator<=>(const paragraph&) const = default;
    };
    heap_bucket total;
    std::vector<paragraph> paragraphs;
    for (const auto& [stack, bucket] : shown_buckets()) {
      for (const auto part : {&heap_bucket::allocated, &heap_bucket::freed}) {
        (total.*part).objects += (bucket.*part).objects;
        (total.*part).bytes += (bucket.*part).bytes;
      }
      paragraphs.push_back({bucket.allocated.bytes - bucket.freed.bytes,
                            counts_text(bucket.allocated, bucket.freed) + address_text(stack.pcs) +
                                '\n' + stack_comment(stack.pcs)});
    }
    std::ranges::sort(paragraphs, std::ranges::greater());
    const std::int64_t rate = last_rate.load(std::memory_order_relaxed);  // relaxed: a rate
    std::string out = "heap profile: " + counts_text(total.allocated, total.freed) + " heap/" +
                      std::to_string(2 * rate) + '\n';
    for (const paragraph& p : paragraphs) out += p.text;
    return out + process_text();
  }

  std::string_view description() const override {
    return default_type_.empty()
               ? "A sampling of memory allocations of live objects, by operator new."
               : "A sampling of all past memory allocations, by operator new.";
  }

 private:
  std::string_view default_type_;
};

}  // namespace

std::unique_ptr<profile_state> make_heap_profile() {
  link_operator_new();
  return std::make_unique<heap_profile>("heap", "");
}
std::unique_ptr<profile_state> make_allocs_profile() {
  return std::make_unique<heap_profile>("allocs", "alloc_space");
}

}  // namespace vole::profile

namespace vole::pprof {

void set_mem_profile_rate(std::int64_t bytes) {
  using namespace ::vole::profile;
  link_operator_new();
  if (bytes > 0) {
    symbol::prepare_unwind();
    last_rate.store(bytes, std::memory_order_relaxed);  // relaxed: a rate
  }
  // relaxed: a rate
  heap_sample_rate.store(std::max<std::int64_t>(bytes, 0), std::memory_order_relaxed);
}

}  // namespace vole::pprof
