// SPDX-License-Identifier: Apache-2.0
// Everything of Go's package sync, and the weighted semaphore of golang.org/x/sync.
//
//   vole::mutex m;
//   vole::wait_group all;
//   int sum = 0;
//   for (int i = 1; i <= 10; ++i) {
//     all.go([&, i] {
//       std::lock_guard hold(m);
//       sum += i;
//     });
//   }
//   all.wait();
#pragma once

#include <vole/mutex.h>
#include <vole/once.h>
#include <vole/pool.h>
#include <vole/semaphore.h>
#include <vole/sync_map.h>
#include <vole/wait_group.h>
