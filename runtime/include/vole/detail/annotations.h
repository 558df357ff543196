// SPDX-License-Identifier: Apache-2.0
// What declarations tell the compiler plugin: who spawns, waits, parks, and what to leave alone.
//
// The plugin's checks match nothing by name: they look for these annotations on the declaration
// that a call resolves to. A program may put them on functions of its own, a wrapper round
// vole::go, say. Other compilers see nothing.
//
//   VOLE_SPAWNS     starts goroutines that run the callables among its arguments, and returns
//                   before they have ended
//   VOLE_WAITS      returns only once other goroutines have got somewhere: wait(), recv(); or, on a
//                   class, its destructor does so
//   VOLE_ANNOUNCES  tells an object that there is one more to wait for: wait_group::add
//   VOLE_PARKS      may park the calling goroutine, so that another runs on this thread meanwhile
//   VOLE_BORROWED   after a parameter: the result must not outlive it; clang warns where it does
//   VOLE_NORACE     a function whose memory accesses the race detector does not see
//
// Written before the declaration: template <class F> VOLE_SPAWNS void go(F&& f);
#pragma once

#if defined(__clang__)
#define VOLE_SPAWNS [[clang::annotate("vole::spawns")]]
#define VOLE_WAITS [[clang::annotate("vole::waits")]]
#define VOLE_ANNOUNCES [[clang::annotate("vole::announces")]]
#define VOLE_PARKS [[clang::annotate("vole::parks")]]
#define VOLE_BORROWED [[clang::lifetimebound]]
#define VOLE_NORACE __attribute__((disable_sanitizer_instrumentation))
#else
#define VOLE_SPAWNS
#define VOLE_WAITS
#define VOLE_ANNOUNCES
#define VOLE_PARKS
#define VOLE_BORROWED
#define VOLE_NORACE __attribute__((no_sanitize("thread")))
#endif
