// SPDX-License-Identifier: Apache-2.0
// Clang's thread-safety attributes under vole's names; empty for other compilers.
#pragma once

#if defined(__clang__)
#define VOLE_TSA(x) __attribute__((x))
#else
#define VOLE_TSA(x)
#endif

#define VOLE_CAPABILITY(name) VOLE_TSA(capability(name))
#define VOLE_SCOPED_CAPABILITY VOLE_TSA(scoped_lockable)
#define VOLE_GUARDED_BY(lock) VOLE_TSA(guarded_by(lock))
#define VOLE_REQUIRES(...) VOLE_TSA(requires_capability(__VA_ARGS__))
#define VOLE_ACQUIRE(...) VOLE_TSA(acquire_capability(__VA_ARGS__))
#define VOLE_RELEASE(...) VOLE_TSA(release_capability(__VA_ARGS__))
#define VOLE_TRY_ACQUIRE(...) VOLE_TSA(try_acquire_capability(__VA_ARGS__))
#define VOLE_NO_THREAD_SAFETY_ANALYSIS VOLE_TSA(no_thread_safety_analysis)
