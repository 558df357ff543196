// SPDX-License-Identifier: Apache-2.0
// Errors: the words of this room, and the two forms of telling them.
#include <vole/net.h>

#include "net/core.h"

namespace vole {
namespace net {
namespace {

class net_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "vole::net"; }
  std::string message(int code) const override {
    switch (static_cast<errc>(code)) {
      case errc::closed:
        return "use of closed network connection";
      case errc::timeout:
        return "i/o timeout";
      case errc::unknown_network:
        return "unknown network";
      case errc::missing_port:
        return "missing port in address";
      case errc::unknown_port:
        return "unknown port";
      case errc::no_such_host:
        return "no such host";
      case errc::no_deadline:
        return "file type does not support deadline";
      case errc::unexpected_eof:
        return "unexpected EOF";
    }
    return "unknown error";
  }
  std::error_condition default_error_condition(int code) const noexcept override {
    if (static_cast<errc>(code) == errc::timeout) return std::errc::timed_out;
    return {code, *this};
  }
};

}  // namespace

std::error_code make_error_code(errc e) noexcept {
  static net_category* const one = new net_category;  // outlives the program's last destructor
  return {static_cast<int>(e), *one};
}

std::error_code& throws() noexcept {
  static std::error_code* const one = new std::error_code;  // likewise; never written
  return *one;
}

std::error_code system_error_code(int number) { return {number, std::system_category()}; }

}  // namespace net

void detail::net_report(const std::error_code& failed, std::error_code& error,
                        std::string_view what, std::string_view network, std::string_view address) {
  if (&error != &net::throws()) {
    error = failed;
    return;
  }
  if (!failed) return;
  std::string words(what);
  for (const std::string_view more : {network, address})
    if (!more.empty()) words.append(" ").append(more);
  throw std::system_error(failed, words);
}

}  // namespace vole
