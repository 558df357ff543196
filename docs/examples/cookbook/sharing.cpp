// SPDX-License-Identifier: Apache-2.0
// Recipes in which several goroutines use one thing.
#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/go.h>
#include <vole/select.h>
#include <vole/singleflight.h>
#include <vole/sync.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "recipe.h"

namespace {

// [quote future]
// Starts f now. The result is a function that waits for f and returns what it returned, or throws
// what it threw; it may be copied, and called often and by many.
template <class F>
auto async(F f) {
  auto result = vole::once_value(std::move(f));
  vole::go([result] {
    try {
      result();
    } catch (const std::exception&) {
      // kept for those who ask
    }
  });
  return result;
}
// [/quote]

void future() {
  // [quote future-use]
  const auto width = async([] { return 6; });
  const auto height = async([] { return 7; });
  const auto depth = async([]() -> int { throw std::runtime_error("depth unknown"); });
  std::printf("  %d\n", width() * height());
  try {
    depth();
  } catch (const std::exception& e) {
    std::printf("  %s\n", e.what());
  }
  // [/quote]
}

void lazy_value() {
  std::atomic<int> parses{0};
  // [quote once-value]
  const auto config = vole::once_value([&] {
    ++parses;
    return std::string("port=80");
  });
  vole::wait_group users;
  for (int i = 0; i < 8; ++i)
    users.go([config] { static_cast<void>(config().size()); });  // the first one parses
  users.wait();
  // [/quote]
  std::printf("  %s, parsed %d times\n", config().c_str(), parses.load());
}

// [quote pub-sub]
// Gives each published item to all who subscribe at that time.
template <class T>
class topic {
 public:
  // A new subscriber. A reader that is more than `backlog` items behind misses items.
  vole::recv_chan<T> subscribe(std::size_t backlog) {
    const auto inbox = vole::make_chan<T>(backlog);
    const std::lock_guard hold(mutex_);
    if (is_closed_)
      inbox.close();
    else
      inboxes_.push_back(inbox);
    return inbox;
  }
  void unsubscribe(const vole::recv_chan<T>& reader) {
    const std::lock_guard hold(mutex_);
    std::erase_if(inboxes_, [&](const auto& inbox) { return vole::recv_chan<T>(inbox) == reader; });
  }
  // How many got it. Never waits for a reader: try_send, not send, while the mutex is held.
  std::size_t publish(const T& item) {
    const std::lock_guard hold(mutex_);
    std::size_t count = 0;
    for (const auto& inbox : inboxes_) count += inbox.try_send(item) == vole::chan_status::ok;
    return count;
  }
  void close() {
    const std::lock_guard hold(mutex_);
    is_closed_ = true;
    for (const auto& inbox : inboxes_) inbox.close();
    inboxes_.clear();
  }

 private:
  vole::mutex mutex_;  // a channel is closed and sent to under one lock: never a send after close
  std::vector<vole::chan<T>> inboxes_;
  bool is_closed_ = false;
};
// [/quote]

void publish_subscribe() {
  topic<std::string> news;
  std::atomic<int> lines{0};
  vole::wait_group readers;
  for (int i = 0; i < 3; ++i) {
    readers.go([&lines, inbox = news.subscribe(4)] {
      for (const std::string& line : inbox) lines += static_cast<int>(line.size()) > 0;
    });
  }
  const auto slow = news.subscribe(1);
  news.publish("one"), news.publish("two");
  std::printf("  the slow one has %zu of 2\n", slow.len());
  news.unsubscribe(slow);
  news.publish("three");
  news.close();
  readers.wait();
  std::printf("  %d lines\n", lines.load());
}

// [quote cache]
// A cache of what is costly to load. Callers who miss the same key at once share one load.
template <class Key, class Value>
class cache {
 public:
  explicit cache(std::function<Value(const Key&)> load) : load_(std::move(load)) {}

  Value get(const Key& key) {
    if (auto kept = values_.load(key)) return *std::move(kept);
    return loads_
        .call(key,
              [&] {
                // Somebody may have finished between our look and our flight.
                if (auto kept = values_.load(key)) return *std::move(kept);
                Value value = load_(key);  // throws: all who wait get it, and nothing is kept
                values_.store(key, value);
                return value;
              })
        .value;
  }
  void forget(const Key& key) { values_.erase(key); }

 private:
  std::function<Value(const Key&)> load_;
  vole::sync_map<Key, Value> values_;
  vole::singleflight<Key, Value> loads_;
};
// [/quote]

void singleflight_cache() {
  std::atomic<int> loads{0};
  cache<std::string, int> ports([&](const std::string& name) {
    ++loads;
    vole::yield();
    return name == "http" ? 80 : 0;
  });
  vole::wait_group clients;
  std::atomic<int> sum{0};
  for (int i = 0; i < 10; ++i) clients.go([&] { sum += ports.get("http"); });
  clients.wait();
  std::printf("  %d in %d load\n", sum.load(), loads.load());
}

void counter() {
  // [quote counter-mutex]
  struct {
    vole::mutex mutex;
    std::map<std::string, int> counts;  // guarded by mutex
  } words;
  vole::wait_group all;
  for (const char* word : {"a", "b", "a"}) {
    all.go([&words, word] {
      const std::lock_guard hold(words.mutex);
      ++words.counts[word];
    });
  }
  all.wait();
  std::printf("  a: %d\n", words.counts["a"]);
  // [/quote]

  // [quote counter-channel]
  struct question {
    std::string word;
    vole::send_chan<int> answer;
  };
  const auto additions = vole::make_chan<std::string>();
  const auto questions = vole::make_chan<question>();
  vole::go([additions, questions] {  // the map's only owner
    std::map<std::string, int> counts;
    vole::recv_chan<std::string> added = additions;
    while (added) {
      vole::select(vole::on_recv(added,
                                 [&](std::optional<std::string> word) {
                                   if (word)
                                     ++counts[*word];
                                   else
                                     added = {};
                                 }),
                   vole::on_recv(questions, [&](std::optional<question> asked) {
                     asked->answer.send(counts[asked->word]);
                   }));
    }
  });
  for (const char* word : {"a", "b", "a"}) additions.send(word);
  const auto answer = vole::make_chan<int>(1);
  questions.send({"a", answer});
  std::printf("  a: %d\n", *answer.recv());
  additions.close();
  // [/quote]
}

}  // namespace

int main() {
  return cookbook::run_all({{"future", future},
                            {"lazy value", lazy_value},
                            {"publish and subscribe", publish_subscribe},
                            {"singleflight cache", singleflight_cache},
                            {"counter, by mutex and by channel", counter}});
}
