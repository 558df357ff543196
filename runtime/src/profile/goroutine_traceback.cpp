// SPDX-License-Identifier: Apache-2.0
// Writes goroutines in Go's traceback grammar.
#include "profile/goroutine_traceback.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <unordered_map>

#include "profile/go_text.h"
#include "profile/visible_frames.h"

namespace vole::profile {
namespace {

// Go's limits: a stack of more than 100 frames shows the outer and the inner 50.
constexpr std::size_t kFramesMax = 100;

std::string hex(std::uintptr_t value) {
  char text[2 + 16 + 1];
  std::snprintf(text, sizeof text, "%#zx", static_cast<std::size_t>(value));
  return value == 0 ? "0x0" : text;
}

void append_place(std::string& out, std::uintptr_t pc, const symbol::source_frame* source) {
  out += '\t';
  if (source != nullptr && !source->file.empty()) {
    out += source->file + ':' + std::to_string(source->line);
  } else {
    out += "??:0";
  }
  const bool is_inlined = source != nullptr && source->is_inlined;
  const std::uintptr_t entry = source != nullptr ? source->entry : 0;
  if (!is_inlined && entry != 0 && pc > entry) out += " +" + hex(pc - entry);
  out += '\n';
}

void append_frame(std::string& out, const visible_frame& frame) {
  out += frame.source != nullptr ? frame.source->name : hex(frame.pc);
  out += "(...)\n";
  append_place(out, frame.pc, frame.source);
}

void append_frames(std::string& out, std::span<const std::uintptr_t> pcs) {
  const std::vector<visible_frame> frames = visible_frames(pcs);
  const std::size_t elided = frames.size() > kFramesMax ? frames.size() - kFramesMax : 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (elided != 0 && i == kFramesMax / 2) {
      out += "..." + std::to_string(elided) + " frames elided...\n";
      i += elided;
    }
    append_frame(out, frames[i]);
  }
}

// The function of the user's that a return address lies in: what is inlined there of vole's and
// std's is passed over. Null: no name is known.
const symbol::source_frame* user_frame_at(std::uintptr_t return_pc) {
  const auto& sources = symbol::symbolize(return_pc - 1);
  const auto user = std::find_if(sources.begin(), sources.end(), [](const auto& s) {
    return !symbol::is_own_function(s.linkage_name) && !symbol::is_std_function(s.linkage_name) &&
           !s.name.starts_with("__gthread");
  });
  if (user != sources.end()) return &*user;
  return sources.empty() ? nullptr : &sources.front();
}

// The user's function with the go statement; vole::go itself is inlined into it.
void append_creation(std::string& out, const goroutine_record& goroutine) {
  if (goroutine.creation_pc == 0) return;
  const symbol::source_frame* const source = user_frame_at(goroutine.creation_pc);
  out += "created by ";
  out += source != nullptr ? source->name : hex(goroutine.creation_pc);
  if (goroutine.parent_id != 0) out += " in goroutine " + std::to_string(goroutine.parent_id);
  out += '\n';
  append_place(out, goroutine.creation_pc, source);
}

// Go numbers its threads from 0 for main's; we have the kernel's numbers for the rest.
std::string thread_of(const goroutine_record& goroutine) {
  if (goroutine.thread_id == 0) return "nil";
  return goroutine.thread_id == getpid() ? "0" : std::to_string(goroutine.thread_id);
}

std::string header_of(const goroutine_record& goroutine, event::traceback_level level) {
  constexpr std::int64_t kMinuteNs = 60'000'000'000;
  std::string out = "goroutine " + std::to_string(goroutine.id);
  if (level >= event::traceback_level::system)
    out += " gp=" + hex(goroutine.address) + " m=" + thread_of(goroutine);
  out += " [";
  const bool has_reason = goroutine.reason != event::wait_reason::none;
  // The caller may ask from within blocking(), but it does run.
  const auto state = goroutine.is_caller ? event::goroutine_state::running : goroutine.state;
  out += has_reason ? text(goroutine.reason) : text(state);
  if (goroutine.is_durable) out += " (durable)";
  if (goroutine.waited_ns >= kMinuteNs)
    out += ", " + std::to_string(goroutine.waited_ns / kMinuteNs) + " minutes";
  if (goroutine.is_locked_to_thread) out += ", locked to thread";
  if (goroutine.bubble_id != 0) out += ", synctest bubble " + std::to_string(goroutine.bubble_id);
  if (!goroutine.name.empty()) {
    // A reader takes the first ']' for the end of the list and ", " for the end of an item.
    std::string name = goroutine.name;
    std::replace_if(name.begin(), name.end(), [](char c) { return c == ']' || c == ','; }, '_');
    out += ", name " + go_quoted(name);
  }
  out += ']';
  if (goroutine.labels.get() != nullptr && !goroutine.labels.get()->entries().empty())
    out += ' ' + traceback_text(goroutine.labels.get()->entries());
  return out + ":\n";
}

struct stack_hash {
  std::size_t operator()(const std::vector<std::uintptr_t>* pcs) const {
    std::size_t hash = pcs->size();
    for (const std::uintptr_t pc : *pcs) hash = (hash ^ pc) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
  }
};
struct stack_equal {
  bool operator()(const std::vector<std::uintptr_t>* a,
                  const std::vector<std::uintptr_t>* b) const {
    return *a == *b;
  }
};

}  // namespace

std::string traceback_of(std::span<const goroutine_record> goroutines,
                         event::traceback_level level) {
  std::string out;
  // Where thousands share a stack, its text is made once: the place of the first one in `out`.
  struct place {
    std::size_t begin, size;
  };
  std::unordered_map<const std::vector<std::uintptr_t>*, place, stack_hash, stack_equal> written;
  for (const goroutine_record& goroutine : goroutines) {
    if (!out.empty()) out += '\n';
    out += header_of(goroutine, level);
    if (!goroutine.has_stack) {
      out += "\tgoroutine running on other thread; stack unavailable\n";
    } else {
      const auto [known, is_new] = written.try_emplace(&goroutine.pcs, place{out.size(), 0});
      if (is_new) {
        append_frames(out, goroutine.pcs);
        known->second.size = out.size() - known->second.begin;
      } else {
        out.reserve(out.size() + known->second.size);
        out.append(out.data() + known->second.begin, known->second.size);
      }
    }
    append_creation(out, goroutine);
  }
  return out;
}

std::string write_place(std::uintptr_t return_pc) {
  std::string out = hex(return_pc);
  const symbol::source_frame* const source = user_frame_at(return_pc);
  if (source == nullptr) return out;
  out += " (" + source->name;
  if (!source->file.empty()) out += " at " + source->file + ':' + std::to_string(source->line);
  return out + ')';
}

std::string write_traceback(event::traceback_scope scope, std::uint64_t first_id) {
  const event::traceback_level level = event::wanted_traceback();
  if (scope == event::traceback_scope::current) {
    const goroutine_record self = snapshot_of_caller();
    return traceback_of({&self, 1}, level);
  }
  std::vector<goroutine_record> all = snapshot_of_all(level >= event::traceback_level::system);
  if (scope == event::traceback_scope::bubble) {
    const event::goroutine* const self = event::current();
    const std::uint64_t bubble_id = self == nullptr ? 0 : self->bubble_id;
    std::erase_if(all, [&](const auto& g) { return g.bubble_id != bubble_id; });
  }
  const auto first = std::find_if(all.begin(), all.end(), [&](const auto& g) {
    return first_id != 0 ? g.id == first_id : g.is_caller;
  });
  if (first != all.end()) std::rotate(all.begin(), first, first + 1);
  return traceback_of(all, level);
}

}  // namespace vole::profile
