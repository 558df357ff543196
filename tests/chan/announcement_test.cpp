// SPDX-License-Identifier: Apache-2.0
// What channels announce: exactly the operations that happened, by whom, and with which slot. These
// sentences are what the race detector knows of channels.
#include <gtest/gtest.h>
#include <vole/chan.h>
#include <vole/go.h>
#include <vole/select.h>

#include <string>
#include <vector>

#include "tests/support/announcements.h"
#include "tests/support/blocked.h"

using vole::event::wait_reason;
using vole_test::recorder;
using vole_test::until_blocked;
using lines = std::vector<std::string>;

namespace {

struct announcement : ::testing::Test {
  void SetUp() override {
    static_cast<void>(vole::goroutine_id());  // main is adopted
    recorder::name_self("main");
  }
  recorder heard;

  // Runs f in a goroutine called `name` and returns when that waits for `reason`.
  template <class F>
  void park(const char* name, wait_reason reason, F f) {
    vole::go([=] {
      recorder::name_self(name);
      f();
    });
    until_blocked(reason);
  }
};

TEST_F(announcement, the_kth_send_and_receive_name_slot_k_modulo_capacity) {
  const auto ch = vole::make_chan<int>(2);
  for (int i = 0; i < 3; ++i) {
    ch.send(i);
    ch.recv();
  }
  ch.send(3);
  ch.send(4);
  EXPECT_EQ(heard.taken(),
            (lines{"main touched to send", "main sent 0", "main received 0", "main touched to send",
                   "main sent 1", "main received 1", "main touched to send", "main sent 0",
                   "main received 0", "main touched to send", "main sent 1", "main touched to send",
                   "main sent 0"}));
}

TEST_F(announcement, unbuffered_peers_exchange) {
  const auto ch = vole::make_chan<int>();
  park("r", wait_reason::chan_receive, [ch] { ch.recv(); });
  ch.send(1);
  EXPECT_EQ(heard.taken(), (lines{"main touched to send", "main exchanged r"}));
  vole_test::until_alone();
  heard.clear();
  park("s", wait_reason::chan_send, [ch] { ch.send(1); });
  ch.recv();
  EXPECT_EQ(heard.taken(), (lines{"s touched to send", "s exchanged main"}));
  vole_test::until_alone();
}

TEST_F(announcement, a_value_past_an_empty_buffer_passes_its_slot) {
  const auto ch = vole::make_chan<int>(2);
  ch.send(0);
  ch.recv();
  heard.clear();
  park("r", wait_reason::chan_receive, [ch] { ch.recv(); });
  ch.send(1);
  ch.send(2);
  EXPECT_EQ(heard.taken(), (lines{"main touched to send", "main sent 1", "r received 1",
                                  "main touched to send", "main sent 0"}));
  vole_test::until_alone();
}

TEST_F(announcement, a_receive_from_a_full_buffer_lets_the_waiting_sender_have_the_slot) {
  const auto ch = vole::make_chan<int>(2);
  ch.send(0);
  ch.send(1);
  heard.clear();
  park("s", wait_reason::chan_send, [ch] { ch.send(2); });
  EXPECT_EQ(ch.recv(), 0);
  EXPECT_EQ(heard.taken(), (lines{"s touched to send", "main received 0", "s sent 0"}));
  vole_test::until_alone();
}

TEST_F(announcement, a_close_is_seen_by_those_who_wait_and_those_who_come) {
  const auto ch = vole::make_chan<int>();
  park("r", wait_reason::chan_receive, [ch] { ch.recv(); });
  ch.close();
  ch.recv();
  int out;
  EXPECT_EQ(ch.try_recv(out), vole::chan_status::closed);
  EXPECT_EQ(heard.taken(), (lines{"main touched to close", "main closed", "r saw close",
                                  "main saw close", "main saw close"}));
  vole_test::until_alone();
}

TEST_F(announcement, nothing_happened_where_it_would_have_blocked) {
  const auto ch = vole::make_chan<int>();
  int out;
  EXPECT_EQ(ch.try_recv(out), vole::chan_status::would_block);
  EXPECT_EQ(vole::select(vole::on_recv(ch), vole::on_default()), 1u);
  static_cast<void>(ch.len());
  static_cast<void>(ch.cap());
  EXPECT_EQ(heard.taken(), lines{});
}

TEST_F(announcement, a_select_tells_of_its_chosen_case_only) {
  const auto a = vole::make_chan<int>(3);
  const auto b = vole::make_chan<int>();
  EXPECT_EQ(vole::select(vole::on_send(a, 1), vole::on_recv(b)), 0u);
  EXPECT_EQ(heard.taken(), (lines{"main touched to send", "main sent 0"}));
  heard.clear();
  const auto c = vole::make_chan<int>();
  park("s", wait_reason::select, [=] { vole::select(vole::on_recv(b), vole::on_recv(c)); });
  b.send(1);
  EXPECT_EQ(heard.taken(), (lines{"main touched to send", "main exchanged s"}));
  vole_test::until_alone();
}

TEST_F(announcement, the_last_handle_receives_what_is_left_and_tells_of_the_end) {
  {
    const auto ch = vole::make_chan<std::string>(3);
    for (int i = 0; i < 2; ++i) ch.send("x");
    heard.clear();
  }
  EXPECT_EQ(heard.taken(), (lines{"main received 0", "main received 1", "main destroyed 3"}));
}

}  // namespace
