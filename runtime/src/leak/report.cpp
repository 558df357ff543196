// SPDX-License-Identifier: Apache-2.0
// The words for one leaked goroutine: its traceback in Go's grammar, what it waits for, the proof.
#include "leak/verify.h"

#include <string>

#include "leak/proof.h"

namespace vole::leak {
namespace {

// Go's words for what a goroutine does.
std::string_view words(const sighting& one) {
  return one.reason != event::wait_reason::none ? event::text(one.reason) : event::text(one.state);
}

std::string_view kind_of_object(event::wait_reason reason) {
  switch (reason) {
    case event::wait_reason::chan_receive:
    case event::wait_reason::chan_send:
      return "channel";
    case event::wait_reason::cond_wait:
      return "condition variable";
    case event::wait_reason::mutex_lock:
      return "mutex";
    case event::wait_reason::rw_mutex_rlock:
    case event::wait_reason::rw_mutex_lock:
      return "shared_mutex";
    case event::wait_reason::wait_group_wait:
      return "wait_group";
    case event::wait_reason::semacquire:
      return "semaphore";
    default:
      return {};
  }
}

// "channel 0x7f0012345678", "mutex registry_lock"; "" where there is nothing to name.
std::string object_text(const sighting& one) {
  const std::string_view kind = kind_of_object(one.reason);
  if (kind.empty() || one.wait_object == nullptr) return {};
  const std::string name = global_name(one.wait_object);
  return std::string(kind) + " " +
         (name.empty() ? hex(reinterpret_cast<std::uintptr_t>(one.wait_object)) : name);
}

// TAB file:line +0xoffset
void append_place(std::string& text, const named_frame& frame) {
  text += '\t';
  text += frame.source->file.empty() ? "?" : frame.source->file;
  text += ':' + std::to_string(frame.source->line);
  if (frame.offset != 0) text += " +" + hex(frame.offset);
  text += '\n';
}

// One goroutine in the grammar of Go's tracebacks, which its many readers parse.
std::string traceback(const snapshot& seen, const sighting& one, bool is_proven, names& known) {
  constexpr std::int64_t kMinute = 60'000'000'000;
  std::string text = "goroutine " + std::to_string(one.id) + " [" + std::string(words(one));
  if (is_proven) text += " (leaked)";
  if (one.waited_ns >= kMinute) text += ", " + std::to_string(one.waited_ns / kMinute) + " minutes";
  if (one.is_locked_to_thread) text += ", locked to thread";
  if (!one.name.empty()) text += ", name \"" + one.name + "\"";  // as the profile room writes it
  text += "]:\n";
  if (one.stack == kNoStack) {
    text += "\tgoroutine running on other thread; stack unavailable\n";
  } else {
    for (const named_frame& frame : known.stack(seen, one.stack)) {
      text += frame.source->name + "(...)\n";
      append_place(text, frame);
    }
  }
  const named_frame& creator = known.caller(one.creation_pc);
  if (creator.source != nullptr) {
    text += "created by " + creator.source->name;
    if (one.parent_id != 0) text += " in goroutine " + std::to_string(one.parent_id);
    text += '\n';
    append_place(text, creator);
  }
  return text;
}

goroutine describe(const snapshot& seen, const sighting& one, names& known) {
  goroutine made;
  made.id = one.id;
  made.state = words(one);
  if (one.stack != kNoStack) {
    const std::vector<named_frame>& frames = known.stack(seen, one.stack);
    if (!frames.empty()) made.top_function = frames.front().source->name;
  }
  if (const named_frame& creator = known.caller(one.creation_pc); creator.source != nullptr)
    made.created_by = creator.source->name;
  made.evidence = proof_of_leak(one.state, one.reason);
  made.unreachable = !made.evidence.empty();
  made.text = traceback(seen, one, made.unreachable, known);
  made.parent_id = one.parent_id;
  made.waited = std::chrono::nanoseconds(one.waited_ns);
  made.waits_for = object_text(one);
  return made;
}

}  // namespace

report make_report(const snapshot& seen, names& known) {
  report made;
  made.goroutines.reserve(seen.goroutines.size());
  for (const sighting& one : seen.goroutines) made.goroutines.push_back(describe(seen, one, known));
  return made;
}

}  // namespace vole::leak
