// SPDX-License-Identifier: Apache-2.0
// Tests with a clock of their own: hours of timeouts, retries and expiry in no time at all.
#include <vole/vole.h>

#include <cstdio>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

namespace {

void check(bool is_true, const char* what) {
  std::printf("%s: %s\n", what, is_true ? "ok" : "FAILED");
}

// [quote session]
// Is open until nobody has touched it for a minute.
class session {
 public:
  session() : idle_(1min) { vole::go(&session::expire, this); }
  ~session() {
    closing_.close();
    ended_.recv();
  }
  void touch() { idle_.reset(1min); }
  bool is_open() {
    const std::lock_guard hold(lock_);
    return is_open_;
  }

 private:
  void expire() {
    const vole::defer at_end([this] { ended_.close(); });
    if (vole::select(vole::on_recv(idle_.c()), vole::on_recv(closing_)) == 1) return;
    const std::lock_guard hold(lock_);
    is_open_ = false;
  }

  vole::timer idle_;
  vole::chan<vole::unit> closing_ = vole::make_chan<vole::unit>();
  vole::chan<vole::unit> ended_ = vole::make_chan<vole::unit>();
  vole::mutex lock_;
  bool is_open_ = true;
};
// [/quote]

// [quote expiry]
void a_session_expires_after_a_minute_of_silence() {
  vole::synctest::test([] {
    session s;
    vole::sleep(59s);
    s.touch();
    vole::synctest::sleep(1min - 1ns);  // and whatever is due by then has been done
    check(s.is_open(), "open just before");
    vole::synctest::sleep(1ns);
    check(!s.is_open(), "closed at the very nanosecond");
  });
}
// [/quote]

// [quote retry]
// Calls f until it does not throw: after 1 s, 2 s, 4 s ... of waiting, as long as ctx lasts.
template <class F>
std::error_code retry(const vole::context& ctx, F f) {
  for (vole::duration pause = 1s;; pause *= 2) {
    try {
      f();
      return {};
    } catch (const std::runtime_error&) {
      if (vole::select(vole::on_recv(vole::after(pause)), vole::on_recv(ctx.done())) == 1)
        return ctx.err();
    }
  }
}

void retries_end_with_their_context() {
  vole::synctest::test([] {
    const auto start = vole::steady_clock::now();
    const auto [ctx, cancel] = vole::with_timeout(vole::background(), 24h);
    int calls = 0;
    const std::error_code ended = retry(ctx, [&calls] {
      ++calls;
      throw std::runtime_error("no answer");
    });
    check(ended == vole::context_errc::deadline_exceeded, "the deadline came");
    check(vole::steady_clock::now() - start == 24h, "after a day to the nanosecond");
    check(calls == 17, "seventeen calls");  // 2^17 seconds are more than a day
  });
}
// [/quote]

// [quote wait]
void who_subscribes_late_misses_what_was() {
  vole::synctest::test([] {
    const auto news = vole::make_chan<std::string>();
    std::set<std::string> seen;
    vole::go([news, &seen] {
      for (const std::string& one : news) seen.insert(one);
    });
    news.send("first");
    vole::synctest::wait();  // the receiver has dealt with it, and waits for more
    check(seen.contains("first"), "the first is dealt with");
    news.close();
  });
}
// [/quote]

// [quote stuck]
void a_forgotten_reply_is_found() {
  try {
    vole::synctest::test([] {
      const auto reply = vole::make_chan<int>();
      vole::go(vole::spawn{.name = "worker"}, [reply] { reply.send(42); });
      const auto timeout = vole::after(1s);
      timeout.recv();  // gives up, and nobody will ever take the reply
    });
  } catch (const vole::deadlock& failure) {
    const std::string text = failure.what();
    std::printf("%s\n", text.substr(0, text.find('\n')).c_str());
  }
}
// [/quote]

}  // namespace

int main() {
  a_session_expires_after_a_minute_of_silence();
  retries_end_with_their_context();
  who_subscribes_late_misses_what_was();
  a_forgotten_reply_is_found();
  check(!vole::leak::find(), "nobody is left");
}
