// SPDX-License-Identifier: Apache-2.0
// What a panic says of the exception that nobody catches.
#pragma once

#include <string>

namespace vole::sched {

// For a terminate handler whose exception is the one being handled; it must not go on after this.
// Texts and numbers as such, anything else as type and address, further lines indented by a tab.
// Exceptions that this one was thrown in answer to (in a catch block, or nested by
// std::throw_with_nested) stand before it, each with ` [recovered]`, as Go prints a panic after a
// recovered one.
std::string panic_text();

}  // namespace vole::sched
