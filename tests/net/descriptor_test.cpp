// SPDX-License-Identifier: Apache-2.0
// Descriptors that are no connections: pipes, eventfds, files, terminals.
#include <fcntl.h>
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "tests/net/support.h"

namespace {

using namespace net_test;
using vole::net::descriptor;
using vole::net::errc;

class descriptor_of : public alone {};

struct pipe_ends {
  descriptor reader, writer;
};

pipe_ends open_pipe() {
  int fds[2];
  EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
  return {descriptor(fds[0]), descriptor(fds[1])};
}

TEST_F(descriptor_of, a_pipe_parks_its_reader) {
  const pipe_ends ends = open_pipe();
  const auto out = vole::make_chan<std::string>();
  vole::go([=] { out.send(read_all(ends.reader)); });
  until_blocked(wait_reason::io_wait);
  ends.writer.write("through ");
  ends.writer.write("the pipe");
  ends.writer.close();
  EXPECT_EQ(out.recv(), "through the pipe");
}

TEST_F(descriptor_of, a_full_pipe_parks_its_writer) {
  const pipe_ends ends = open_pipe();
  const std::string sent(1 << 20, 'p');
  vole::go([&, writer = ends.writer] {
    writer.write(sent);
    writer.close();
  });
  until_blocked(wait_reason::io_wait);
  EXPECT_EQ(read_all(ends.reader), sent);
}

TEST_F(descriptor_of, a_pipe_without_a_reader_is_broken_and_raises_no_signal) {
  std::signal(SIGPIPE, SIG_DFL);
  const pipe_ends ends = open_pipe();
  ends.reader.close();
  std::error_code error;
  ends.writer.write("x", error);
  EXPECT_EQ(error, std::errc::broken_pipe);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST_F(descriptor_of, close_wakes_the_reader_of_a_pipe) {
  const pipe_ends ends = open_pipe();
  const auto result = vole::make_chan<std::error_code>();
  vole::go([=] {
    char one[1];
    std::error_code error;
    ends.reader.read(one, error);
    result.send(error);
  });
  until_blocked(wait_reason::io_wait);
  ends.reader.close();
  EXPECT_EQ(result.recv(), errc::closed);
}

TEST_F(descriptor_of, an_eventfd_is_read_when_it_counts) {
  const descriptor counter(eventfd(0, EFD_CLOEXEC));
  const auto out = vole::make_chan<std::uint64_t>();
  vole::go([=] {
    std::uint64_t value = 0;
    counter.read(std::as_writable_bytes(std::span(&value, 1)));
    out.send(value);
  });
  until_blocked(wait_reason::io_wait);
  const std::uint64_t seven = 7;
  counter.write(std::as_bytes(std::span(&seven, 1)));
  EXPECT_EQ(out.recv(), 7u);
}

TEST_F(descriptor_of, a_regular_file_is_read_and_written_and_knows_no_deadline) {
  char path[] = "/tmp/vole-net-file-XXXXXX";
  const int fd = mkstemp(path);
  ASSERT_GE(fd, 0);
  const descriptor file(fd);
  file.write("contents");
  lseek(file.native_handle(), 0, SEEK_SET);
  EXPECT_EQ(read_all(file), "contents");
  std::error_code error;
  file.set_deadline(vole::steady_clock::now(), error);
  EXPECT_EQ(error, errc::no_deadline);
  file.close();
  EXPECT_EQ(file.native_handle(), -1);
  unlink(path);
}

TEST_F(descriptor_of, a_terminal_gives_line_after_line) {
  int master = -1, slave = -1;
  const bool is_open = openpty(&master, &slave, nullptr, nullptr, nullptr) == 0;
  if (lacks(is_open, "terminals (/dev/ptmx)")) GTEST_SKIP() << "without terminals (/dev/ptmx)";
  const descriptor screen(master), program(slave);
  screen.write("one\ntwo\n");  // two lines: a read gives one of them
  const auto out = vole::make_chan<std::string>();
  vole::go([=] {
    char line[64];
    for (int i = 0; i < 2; ++i) out.send(std::string(line, program.read(line)));
  });
  EXPECT_EQ(out.recv(), "one\n");
  EXPECT_EQ(out.recv(), "two\n");
}

TEST_F(descriptor_of, a_socket_of_ones_own_works) {
  int fds[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
  const descriptor left(fds[0]), right(fds[1]);
  left.write("x");
  char one[1];
  EXPECT_EQ(right.read(one), 1u);
  right.close();
  std::error_code error;
  left.write("x", error);
  EXPECT_EQ(error, std::errc::broken_pipe);
}

// A message with descriptors ends a read before the data does: the next read must not wait.
TEST_F(descriptor_of, a_socket_that_ends_reads_early_is_read_on) {
  const conn_pair both = connected("unix");
  int one = dup(0);
  char control[CMSG_SPACE(sizeof one)] = {};
  char text[] = "first";
  iovec part = {text, 5};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof one);
  std::memcpy(CMSG_DATA(header), &one, sizeof one);
  ASSERT_EQ(sendmsg(both.client.native_handle(), &message, 0), 5);
  ::close(one);
  both.client.write("second");
  std::string got(11, '\0');
  EXPECT_EQ(both.server.read_full(got), 11u);
  EXPECT_EQ(got, "firstsecond");
}

// Urgent data stops a read of TCP, though more has come behind it.
TEST_F(descriptor_of, a_connection_with_urgent_data_is_read_on) {
  const conn_pair both = connected("tcp");
  both.client.write("ab");
  ASSERT_EQ(send(both.client.native_handle(), "!", 1, MSG_OOB), 1);
  both.client.write("cd");
  both.client.close_write();
  EXPECT_EQ(read_all(both.server), "abcd");
}

TEST_F(descriptor_of, numbers_that_are_none_are_refused) {
  std::error_code error;
  const descriptor none(-1, error);
  EXPECT_FALSE(none);
  EXPECT_EQ(error, std::errc::bad_file_descriptor);
}

}  // namespace
