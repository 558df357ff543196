// SPDX-License-Identifier: Apache-2.0
// The open descriptors behind <vole/net.h>, and dials that are under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>

namespace vole::detail {

struct net_core;
struct dial_core;

void retain(net_core* core) noexcept;
void release(net_core* core) noexcept;  // the last one closes it
void retain(dial_core* core) noexcept;
void release(dial_core* core) noexcept;

// One reference, or none.
template <class Core>
class net_handle {
 public:
  net_handle() = default;
  explicit net_handle(Core* owned) noexcept : core_(owned) {}
  net_handle(const net_handle& other) noexcept : core_(other.core_) {
    if (core_ != nullptr) retain(core_);
  }
  net_handle(net_handle&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  net_handle& operator=(net_handle other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~net_handle() {
    if (core_ != nullptr) release(core_);
  }
  Core* get() const noexcept { return core_; }

 private:
  Core* core_ = nullptr;
};

// What a function of vole::net does with `failed`: nothing when it is none; gives it to `error`, or
// throws it, with `what`, when that is net::throws().
void net_report(const std::error_code& failed, std::error_code& error, std::string_view what,
                std::string_view network = {}, std::string_view address = {});

// A null core is a closed one.
std::size_t net_read(net_core* core, void* to, std::size_t bytes, bool is_full,
                     std::error_code& error);
std::size_t net_write(net_core* core, const void* from, std::size_t bytes, bool is_whole,
                      std::error_code& error);

// Made with a reference. An aborted dial fails with std::errc::operation_canceled.
dial_core* dial_make();
void dial_abort(dial_core* dial);
// `dial` may be null: one that is not aborted. The result comes with a reference; null: `failed`.
net_core* net_dial(dial_core* dial, std::string_view network, std::string_view address,
                   std::error_code& failed);

}  // namespace vole::detail
