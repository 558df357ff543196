// SPDX-License-Identifier: Apache-2.0
// Goal: tracebacks are in Go's grammar to the byte, show the user's functions and hide the
// runtime's. Method: goroutines in known states; offsets, ids and line numbers masked.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/pprof.h>
#include <vole/time.h>

#include <algorithm>
#include <atomic>
#include <regex>
#include <string>
#include <thread>

#include "profile/goroutine_traceback.h"
#include "profile/visible_frames.h"

namespace traceback_case {

using vole::profile::goroutine_record;
using vole::profile::traceback_of;

// Numbers that differ from run to run and from edit to edit.
std::string masked(std::string text) {
  text = std::regex_replace(text, std::regex("\\+0x[0-9a-f]+"), "+0x");
  text = std::regex_replace(text, std::regex("goroutine [0-9]+"), "goroutine N");
  text = std::regex_replace(text, std::regex(":[0-9]+( |\n)"), ":L$1");
  return std::regex_replace(text, std::regex("\t/\\S*/tests/"), "\ttests/");
}

// The paragraph of the first goroutine whose text has `part`.
std::string paragraph_with(const std::string& all, const std::string& part) {
  std::size_t begin = 0;
  while (begin < all.size()) {
    const std::size_t end = std::min(all.find("\n\n", begin), all.size());
    std::string paragraph = all.substr(begin, end - begin);
    if (paragraph.ends_with('\n')) paragraph.pop_back();  // the last one
    if (paragraph.find(part) != std::string::npos) return paragraph;
    begin = end + 2;
  }
  return {};
}

void wait_until_shown(const std::string& part) {
  while (vole::stack(true).find(part) == std::string::npos) vole::yield();
}

struct everybody_gone {
  ~everybody_gone() {
    while (vole::num_goroutine() != 1) vole::yield();
  }
};

[[gnu::noinline]] void receive_from(const vole::chan<int>& c) {
  c.recv();
  asm volatile("" ::: "memory");
}
[[gnu::noinline]] void outer(const vole::chan<int>& c) {
  receive_from(c);
  asm volatile("" ::: "memory");
}
[[gnu::noinline]] void creator(const vole::chan<int>& c) {
  vole::go(outer, c);
  asm volatile("" ::: "memory");
}

TEST(traceback, a_waiting_goroutine_shows_the_users_frames_and_its_creator) {
  const everybody_gone at_end;
  const auto c = vole::make_chan<int>();
  creator(c);
  wait_until_shown("[chan receive");
  const std::string text = paragraph_with(vole::stack(true), "traceback_case::outer");
  EXPECT_EQ(masked(text + '\n'),
            "goroutine N [chan receive]:\n"
            "traceback_case::receive_from(...)\n"
            "\ttests/profile/traceback_test.cpp:L +0x\n"
            "traceback_case::outer(...)\n"
            "\ttests/profile/traceback_test.cpp:L +0x\n"
            "created by traceback_case::creator in goroutine N\n"
            "\ttests/profile/traceback_test.cpp:L +0x\n");
  c.close();
}

[[gnu::noinline]] std::string ask_here() {
  std::string text = vole::stack();
  asm volatile("" ::: "memory");
  return text;
}

TEST(traceback, the_callers_own_begins_with_the_function_that_asked) {
  const std::string text = ask_here();
  EXPECT_EQ(text.rfind("goroutine 1 [running]:\ntraceback_case::ask_here(...)\n\t/", 0), 0u)
      << text;
  EXPECT_EQ(text.back(), '\n');
  EXPECT_NE(text.find("\nmain(...)\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("__libc_start"), std::string::npos) << text;
  EXPECT_EQ(text.find("vole::"), std::string::npos) << text;
}

TEST(traceback, the_caller_stands_first_and_the_rest_by_id) {
  const everybody_gone at_end;
  const auto c = vole::make_chan<int>();
  for (int i = 0; i < 3; ++i) vole::go(outer, c);
  const auto answer = vole::make_chan<std::string>();
  vole::go([answer] { answer.send(vole::stack(true)); });
  const std::string text = *answer.recv();
  std::vector<std::uint64_t> ids;
  const std::regex header("(^|\n)goroutine ([0-9]+) \\[");
  for (auto at = std::sregex_iterator(text.begin(), text.end(), header);
       at != std::sregex_iterator(); ++at)
    ids.push_back(std::stoull((*at)[2]));
  ASSERT_GE(ids.size(), 5u) << text;
  EXPECT_TRUE(text.starts_with("goroutine " + std::to_string(ids[0]) + " [running]:")) << text;
  EXPECT_TRUE(std::is_sorted(ids.begin() + 1, ids.end())) << text;
  c.close();
}

std::atomic<bool> is_spinning, may_end;
[[gnu::noinline]] void spin() {
  is_spinning = true;
  while (!may_end) asm volatile("" ::: "memory");
}

TEST(traceback, goroutines_that_run_on_other_threads_show_their_stacks) {
  const everybody_gone at_end;
  is_spinning = may_end = false;
  // An adopted thread runs beside us whatever VOLE_MAXPROCS says.
  std::thread runner([] {
    vole::yield();
    spin();
  });
  while (!is_spinning) std::this_thread::yield();
  const std::string text = paragraph_with(vole::stack(true), "traceback_case::spin");
  may_end = true;
  runner.join();
  // The sample may fall into what is inlined in spin(): std::atomic's functions.
  EXPECT_TRUE(std::regex_search(text, std::regex("^goroutine [0-9]+ \\[running\\]:\n"
                                                 "(std::.*\n\t/.*\n)*"
                                                 "traceback_case::spin\\(\\.\\.\\.\\)\n\t/")))
      << text;
}

TEST(traceback, name_and_labels_stand_where_readers_of_gos_text_expect_them) {
  const everybody_gone at_end;
  const auto c = vole::make_chan<int>();
  vole::pprof::with_labels({{"job", "import"}, {"a key", "two words"}},
                           [&] { vole::go({.name = "di[g], ]er"}, [c] { c.recv(); }); });
  wait_until_shown("[chan receive");
  const std::string text = paragraph_with(vole::stack(true), "[chan receive");
  EXPECT_EQ(
      masked(text.substr(0, text.find('\n'))),
      "goroutine N [chan receive, name \"di[g__ _er\"] {\"a key\": \"two words\", job: import}:");
  c.close();
}

TEST(traceback, headers_follow_the_grammar) {
  const auto header = [](const goroutine_record& g) {
    const std::string text = traceback_of({&g, 1});
    return text.substr(0, text.find('\n'));
  };
  using vole::event::goroutine_state;
  using vole::event::wait_reason;
  goroutine_record g;
  g.id = 7;
  g.has_stack = true;
  g.state = goroutine_state::runnable;
  EXPECT_EQ(header(g), "goroutine 7 [runnable]:");
  g.state = goroutine_state::waiting;
  g.reason = wait_reason::chan_receive;
  g.waited_ns = 59'999'999'999;
  EXPECT_EQ(header(g), "goroutine 7 [chan receive]:");
  g.waited_ns = 60'000'000'000;
  EXPECT_EQ(header(g), "goroutine 7 [chan receive, 1 minutes]:");
  g.waited_ns = 200'000'000'000;
  g.is_locked_to_thread = true;
  EXPECT_EQ(header(g), "goroutine 7 [chan receive, 3 minutes, locked to thread]:");
  g.is_durable = true;
  g.bubble_id = 4;
  g.name = "reader";
  EXPECT_EQ(header(g),
            "goroutine 7 [chan receive (durable), 3 minutes, locked to thread, synctest bubble 4, "
            "name \"reader\"]:");
  g.is_durable = false;
  g.bubble_id = 0;
  g.name.clear();
  g.reason = wait_reason::chan_send_nil;
  g.waited_ns = 0;
  g.is_locked_to_thread = false;
  EXPECT_EQ(header(g), "goroutine 7 [chan send (nil chan)]:");
}

TEST(traceback, level_system_adds_record_and_thread) {
  goroutine_record g;
  g.id = 7;
  g.has_stack = true;
  g.state = vole::event::goroutine_state::runnable;
  g.address = 0xc0de;
  const auto header = [&] {
    const std::string text = traceback_of({&g, 1}, vole::event::traceback_level::system);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(header(), "goroutine 7 gp=0xc0de m=nil [runnable]:");
  g.thread_id = 4711;
  EXPECT_EQ(header(), "goroutine 7 gp=0xc0de m=4711 [runnable]:");
}

TEST(traceback, the_callers_own_knows_its_name_and_its_thread) {
  const everybody_gone at_end;
  const auto answer = vole::make_chan<std::string>();
  vole::go({.name = "worker"}, [answer] {
    vole::lock_os_thread();
    std::string text = vole::stack();
    vole::unlock_os_thread();
    answer.send(std::move(text));
  });
  EXPECT_EQ(
      masked(*answer.recv()).find("goroutine N [running, locked to thread, name \"worker\"]:"), 0u);
}

TEST(traceback, a_thread_that_does_not_answer_is_said_so) {
  goroutine_record g;
  g.id = 9;
  g.state = vole::event::goroutine_state::running;
  EXPECT_EQ(traceback_of({&g, 1}),
            "goroutine 9 [running]:\n\tgoroutine running on other thread; stack unavailable\n");
}

[[gnu::noinline]] std::string recurse(int depth) {
  std::string text = depth == 0 ? vole::stack() : recurse(depth - 1);
  asm volatile("" ::: "memory");
  return text;
}

TEST(traceback, long_stacks_show_both_ends) {
  const std::string text = recurse(300);
  const auto count = [&](const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++n;
    return n;
  };
  EXPECT_EQ(count("(...)\n"), 100u);
  EXPECT_EQ(count(" frames elided...\n"), 1u) << text;
  EXPECT_NE(text.find("\nmain(...)\n"), std::string::npos);
}

TEST(traceback, a_thousand_goroutines_of_one_stack_are_a_thousand_paragraphs) {
  const everybody_gone at_end;
  const auto c = vole::make_chan<int>();
  for (int i = 0; i < 1000; ++i) vole::go(outer, c);
  const auto parked = [] {
    std::size_t n = 0;
    const std::string text = vole::stack(true);
    for (std::size_t at = 0;
         (at = text.find("[chan receive]:\ntraceback_case::receive_from", at)) != std::string::npos;
         ++at)
      ++n;
    return n;
  };
  while (parked() != 1000) vole::yield();
  c.close();
}

}  // namespace traceback_case
