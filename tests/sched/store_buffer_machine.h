// SPDX-License-Identifier: Apache-2.0
// A machine with store buffers, as x86-64 has them, explored through every interleaving.
//
// A store goes into its thread's buffer and reaches memory some time later, in order; a load sees
// its own thread's buffered stores. A fence, or a locked operation, waits until the buffer is
// empty. The heavy fence is membarrier's: in the time that it takes, each other thread's buffer is
// emptied at a moment of its own. A thread that sleeps on a word needs a wake() to go on, as with a
// futex.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace vole_test {

constexpr std::size_t kWords = 8, kRegisters = 4, kThreads = 3;

enum class op : std::uint8_t {
  store,
  load,
  fence,
  heavy_begin,
  heavy_end,
  add,      // locked
  swap,     // locked: register gets the old value
  replace,  // locked: compare and swap; register gets the old value
  lock,
  sleep,  // while word == register
  wake,
  mark,
  jump,
  jump_if,    // register == value
  jump_same,  // register == register number `value`
  label,
};

struct instruction {
  op what;
  int word = 0, reg = 0, value = 0, wanted = 0;
  std::string name = {};
};
using program = std::vector<instruction>;

inline instruction store(int word, int value) { return {op::store, word, 0, value}; }
inline instruction load(int reg, int word) { return {op::load, word, reg}; }
inline instruction fence() { return {op::fence}; }
inline instruction add(int word, int value) { return {op::add, word, 0, value}; }
inline instruction swap(int reg, int word, int value) { return {op::swap, word, reg, value}; }
inline instruction replace(int reg, int word, int expected, int wanted) {
  return {op::replace, word, reg, expected, wanted};
}
inline instruction lock(int word) { return {op::lock, word}; }
inline instruction unlock(int word) { return store(word, 0); }
inline instruction sleep_while_same(int word, int reg) { return {op::sleep, word, reg}; }
inline instruction wake(int word) { return {op::wake, word}; }
// What the thread is doing, for the laws.
inline instruction mark(int what) { return {op::mark, 0, 0, what}; }
inline instruction jump(std::string to) { return {op::jump, 0, 0, 0, 0, std::move(to)}; }
inline instruction jump_if(int reg, int value, std::string to) {
  return {op::jump_if, 0, reg, value, 0, std::move(to)};
}
inline instruction jump_same(int reg, int other, std::string to) {
  return {op::jump_same, 0, reg, other, 0, std::move(to)};
}
inline instruction label(std::string name) { return {op::label, 0, 0, 0, 0, std::move(name)}; }
inline program heavy_fence() { return {{op::heavy_begin}, {op::heavy_end}}; }

// Programs and instructions, one after the other.
class code {
 public:
  code& operator<<(instruction one) {
    all_.push_back(std::move(one));
    return *this;
  }
  code& operator<<(const program& more) {
    all_.insert(all_.end(), more.begin(), more.end());
    return *this;
  }
  operator program() const { return all_; }  // NOLINT: meant to be implicit

 private:
  program all_;
};

struct machine_thread {
  std::uint8_t pc = 0;
  std::int8_t at = 0;           // the last mark()
  std::int8_t sleeps_on = -1;   // a word
  std::uint8_t awaited_by = 0;  // a bit for each thread whose heavy fence waits for this buffer
  std::array<std::int8_t, kRegisters> regs{};
  std::vector<std::pair<std::int8_t, std::int8_t>> buffer;  // oldest first
  auto operator<=>(const machine_thread&) const = default;
};

struct machine_state {
  std::array<std::int8_t, kWords> words{};
  std::array<machine_thread, kThreads> threads;
  auto operator<=>(const machine_state&) const = default;
};

// A law holds in every state; `is_end`: nobody moves any more.
using law = std::function<bool(const machine_state&, bool is_end)>;

class machine {
 public:
  machine(std::vector<program> programs, machine_state start)
      : programs_(std::move(programs)), start_(std::move(start)) {
    for (std::size_t t = 0; t < programs_.size(); ++t)
      for (std::size_t i = 0; i < programs_[t].size(); ++i)
        if (programs_[t][i].what == op::label) labels_[{t, programs_[t][i].name}] = i;
  }

  // True when the law holds in every state that can be reached, and no thread is stuck before its
  // program's end.
  bool keeps(const law& holds) {
    std::vector<machine_state> open = {start_};
    std::set<machine_state> seen = {start_};
    while (!open.empty()) {
      const machine_state now = std::move(open.back());
      open.pop_back();
      std::vector<machine_state> next;
      for (std::size_t t = 0; t < programs_.size(); ++t) add_steps(now, t, next);
      if (!holds(now, next.empty())) return false;
      for (std::size_t t = 0; next.empty() && t < programs_.size(); ++t)
        if (now.threads[t].pc < programs_[t].size()) return false;
      for (machine_state& one : next)
        if (seen.insert(one).second) open.push_back(std::move(one));
    }
    states_ = seen.size();
    return true;
  }
  std::size_t states() const { return states_; }

 private:
  static void drain_one(machine_state& s, machine_thread& of) {
    s.words[static_cast<std::size_t>(of.buffer.front().first)] = of.buffer.front().second;
    of.buffer.erase(of.buffer.begin());
  }

  void add_steps(const machine_state& now, std::size_t t, std::vector<machine_state>& out) const {
    const machine_thread& me = now.threads[t];
    if (!me.buffer.empty()) {
      out.push_back(now);
      drain_one(out.back(), out.back().threads[t]);
    }
    if (me.awaited_by != 0) {
      out.push_back(now);
      machine_thread& hit = out.back().threads[t];
      while (!hit.buffer.empty()) drain_one(out.back(), hit);
      hit.awaited_by = 0;
    }
    if (me.sleeps_on >= 0 || me.pc >= programs_[t].size()) return;
    machine_state next = now;
    if (execute(next, t)) out.push_back(std::move(next));
  }

  static std::uint8_t bit_of(std::size_t t) { return static_cast<std::uint8_t>(1u << t); }

  static bool is_locked(op what) {
    return what == op::fence || what == op::heavy_begin || what == op::add || what == op::swap ||
           what == op::replace || what == op::lock || what == op::sleep || what == op::wake;
  }

  std::uint8_t target(std::size_t t, const std::string& name) const {
    const auto found = labels_.find({t, name});
    if (found == labels_.end()) throw std::logic_error("no label " + name);
    return static_cast<std::uint8_t>(found->second);
  }

  // False: it can't go on now.
  bool execute(machine_state& s, std::size_t t) const {
    machine_thread& me = s.threads[t];
    const instruction& now = programs_[t][me.pc];
    if (is_locked(now.what) && !me.buffer.empty()) return false;
    auto& word = s.words[static_cast<std::size_t>(now.word)];
    auto& reg = me.regs[static_cast<std::size_t>(now.reg)];
    const auto value = static_cast<std::int8_t>(now.value);
    ++me.pc;
    switch (now.what) {
      case op::store:
        me.buffer.emplace_back(static_cast<std::int8_t>(now.word), value);
        return true;
      case op::load:
        reg = word;
        for (const auto& [at, stored] : me.buffer)
          if (at == now.word) reg = stored;
        return true;
      case op::heavy_begin:
        for (std::size_t other = 0; other < programs_.size(); ++other)
          if (other != t) s.threads[other].awaited_by |= bit_of(t);
        return true;
      case op::heavy_end:
        for (const machine_thread& other : s.threads)
          if ((other.awaited_by & bit_of(t)) != 0) return false;
        return true;
      case op::add:
        word = static_cast<std::int8_t>(word + value);
        return true;
      case op::swap:
        reg = std::exchange(word, value);
        return true;
      case op::replace:
        reg = word;
        if (word == value) word = static_cast<std::int8_t>(now.wanted);
        return true;
      case op::lock:
        if (word != 0) return false;
        word = 1;
        return true;
      case op::sleep:
        if (word == reg) me.sleeps_on = static_cast<std::int8_t>(now.word);
        return true;
      case op::wake:
        for (machine_thread& other : s.threads)
          if (other.sleeps_on == now.word) other.sleeps_on = -1;
        return true;
      case op::mark:
        me.at = value;
        return true;
      case op::jump:
        me.pc = target(t, now.name);
        return true;
      case op::jump_if:
        if (reg == value) me.pc = target(t, now.name);
        return true;
      case op::jump_same:
        if (reg == me.regs[static_cast<std::size_t>(now.value)]) me.pc = target(t, now.name);
        return true;
      case op::fence:
      case op::label:
        return true;
    }
    return true;
  }

  std::vector<program> programs_;
  machine_state start_;
  std::map<std::pair<std::size_t, std::string>, std::size_t> labels_;
  std::size_t states_ = 0;
};

}  // namespace vole_test
