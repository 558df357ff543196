// SPDX-License-Identifier: Apache-2.0
// All of vole but the adapters of the test frameworks (<vole/gtest.h>, <vole/catch2.h>,
// <vole/doctest.h>).
//
//   #include <vole/vole.h>
//
//   int main() {
//     auto words = vole::make_chan<std::string>();
//     vole::go([words] { words.send("hello"); });
//     std::puts(words.recv()->c_str());
//   }
#pragma once

#include <vole/chan.h>
#include <vole/context.h>
#include <vole/defer.h>
#include <vole/errgroup.h>
#include <vole/explore.h>
#include <vole/go.h>
#include <vole/leak.h>
#include <vole/net.h>
#include <vole/panic.h>
#include <vole/pprof.h>
#include <vole/race.h>
#include <vole/select.h>
#include <vole/singleflight.h>
#include <vole/sync.h>
#include <vole/synctest.h>
#include <vole/time.h>
