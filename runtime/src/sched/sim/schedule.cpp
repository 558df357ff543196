// SPDX-License-Identifier: Apache-2.0
// Writing and reading schedule strings.
#include "sched/sim/schedule.h"

#include <charconv>

#include "base/check.h"

namespace vole::sched {
namespace {

constexpr std::string_view kVersion = "v1:";
constexpr int kSeedBase = 36;
constexpr std::uint32_t kLetters = 26;

class reader {
 public:
  reader(std::string_view text, std::string& error) : text_(text), error_(error) {}

  bool is_at_end() const { return at_ == text_.size(); }
  bool starts_with(char c) const { return !is_at_end() && text_[at_] == c; }
  bool is_digit() const { return !is_at_end() && text_[at_] >= '0' && text_[at_] <= '9'; }
  bool is_letter() const { return !is_at_end() && text_[at_] >= 'a' && text_[at_] <= 'z'; }
  char take() { return text_[at_++]; }

  bool skip(std::string_view literal) {
    if (text_.substr(at_, literal.size()) != literal) return fail("'" + std::string(literal) + "'");
    at_ += literal.size();
    return true;
  }
  bool number(std::uint32_t& into, int base, std::uint32_t limit) {
    const char* const from = text_.data() + at_;
    const auto [end, wrong] = std::from_chars(from, text_.data() + text_.size(), into, base);
    if (wrong == std::errc::invalid_argument) return fail("a number");
    if (wrong != std::errc() || into > limit)
      return fail("a number of at most " + std::to_string(limit));
    at_ += static_cast<std::size_t>(end - from);
    return true;
  }
  bool fail(const std::string& expected) {
    error_ = "schedule: position " + std::to_string(at_) + ": expected " + expected + ", found " +
             (is_at_end() ? "the end" : "'" + std::string(text_.substr(at_, 8)) + "'");
    return false;
  }

 private:
  std::string_view text_;
  std::string& error_;
  std::size_t at_ = 0;
};

// One move: the zeros before it, and the answer.
bool parse_move(reader& in, std::vector<std::uint32_t>& answers) {
  std::uint32_t zeros = 0;
  if (in.is_digit() && !in.number(zeros, 10, kAnswersMax)) return false;
  std::uint32_t answer = 0;
  if (in.is_letter()) {
    answer = static_cast<std::uint32_t>(in.take() - 'a') + 1;
  } else if (in.starts_with('(')) {
    in.take();
    if (!in.number(answer, 10, kAnswersMax)) return false;
    if (answer <= kLetters) return in.fail("a letter for an answer up to 26");
    if (!in.skip(")")) return false;
  } else {
    return in.fail("a letter, '(' or '.'");
  }
  if (answers.size() + zeros >= kAnswersMax)
    return in.fail("at most " + std::to_string(kAnswersMax) + " answers");
  answers.resize(answers.size() + zeros, 0);
  answers.push_back(answer);
  return true;
}

void append_seed(std::string& text, std::uint32_t seed) {
  char digits[16];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, seed, kSeedBase);
  VOLE_ASSERT(error == std::errc());
  text.append(digits, end);
}

}  // namespace

std::string encode_schedule(const schedule& what) {
  std::string text(kVersion);
  append_seed(text, what.tie_seed);
  text += ':';
  std::size_t zeros = 0;
  for (const std::uint32_t answer : what.answers) {
    if (answer == 0) {
      ++zeros;
      continue;
    }
    if (zeros != 0) text += std::to_string(zeros);
    zeros = 0;
    if (answer <= kLetters)
      text += static_cast<char>('a' + answer - 1);
    else
      text += "(" + std::to_string(answer) + ")";
  }
  text += "." + std::to_string(what.answers.size());
  if (what.points != 0) text += "~" + std::to_string(what.points);
  return text;
}

bool parse_schedule(std::string_view text, schedule& into, std::string& error) {
  reader in(text, error);
  into = {};
  if (!in.skip(kVersion) || !in.number(into.tie_seed, kSeedBase, UINT32_MAX) || !in.skip(":"))
    return false;
  while (!in.starts_with('.'))
    if (!parse_move(in, into.answers)) return false;
  in.take();
  std::uint32_t count = 0;
  if (!in.number(count, 10, kAnswersMax)) return false;
  if (in.starts_with('~')) {
    in.take();
    if (!in.number(into.points, 10, UINT32_MAX)) return false;
    if (into.points == 0) return in.fail("a number of points that is not 0");
  }
  if (!in.is_at_end()) return in.fail("the end");
  if (count < into.answers.size()) {
    error = "schedule: it has " + std::to_string(into.answers.size()) +
            " answers up to its last move, but ends with a count of " + std::to_string(count);
    return false;
  }
  into.answers.resize(count, 0);
  return true;
}

}  // namespace vole::sched
