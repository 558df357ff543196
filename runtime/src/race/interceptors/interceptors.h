// SPDX-License-Identifier: Apache-2.0
// What the interceptors of libc and libstdc++ share. Each of them does what the function it stands
// for does, and tells the detector.
//
// The program's own definitions win over the shared libraries', for calls out of those, too: so
// std::condition_variable, whose wait() is inside libstdc++.so, comes through here.
//
// Functions whose names only move bytes (memcpy, strlen ...) are not intercepted: a call may come
// from code without instrumentation, whose synchronisation is as invisible as its other accesses,
// and its bytes would be reported as races that are none. The compiler plugin checks the memory
// intrinsics where they stand.
#pragma once

#include <dlfcn.h>

#include "race/context.h"
#include "race/notes/lock_edges.h"
#include "race/sync_object.h"

#define VOLE_INTERCEPTOR extern "C" [[gnu::visibility("default")]]

namespace vole::race {

// Looks up what the interceptors stand for, and keeps their object files in the link.
void install_interceptors();
void install_threads();
void install_locks();
void install_cxx_abi();
void install_heap();
void install_maps();

// The next definition of a function, found at the first call. Looking it up may allocate: fine,
// since malloc needs no look-up.
template <class Function>
class next_definition {
 public:
  // `version`: for functions of which libc keeps an old form as well.
  constexpr explicit next_definition(const char* name, const char* version = nullptr)
      : name_(name), version_(version) {}
  Function* get() {
    Function* found = __atomic_load_n(&found_, __ATOMIC_RELAXED);  // relaxed: code, not data
    if (__builtin_expect(found == nullptr, 0)) {
      inside_guard guard;
      void* symbol = version_ == nullptr ? nullptr : dlvsym(RTLD_NEXT, name_, version_);
      if (symbol == nullptr) symbol = dlsym(RTLD_NEXT, name_);
      found = reinterpret_cast<Function*>(symbol);
      __atomic_store_n(&found_, found, __ATOMIC_RELAXED);  // relaxed: as above
    }
    return found;
  }
  template <class... A>
  auto operator()(A... arguments) {
    return get()(arguments...);
  }

 private:
  const char* name_;
  const char* version_;
  Function* found_ = nullptr;
};

// f(context) on behalf of the running goroutine or thread, unless the call comes out of the
// detector.
template <class F>
void on_behalf(F f) {
  if (this_thread.inside != 0) return;
  if (context* self = current_context()) {
    inside_guard guard;
    f(*self);
  }
}

// `site`: the interceptor's own.
inline void acquire_object(const void* object, sync_op op, call_site site) {
  on_behalf([&](context& self) {
    const sync_scope scope(&self, op, object, site);
    sync_acquire(self, sync_key::of(object));
  });
}
inline void release_merge_object(const void* object, sync_op op, call_site site) {
  on_behalf([&](context& self) {
    const sync_scope scope(&self, op, object, site);
    sync_release_merge(self, sync_key::of(object));
  });
}
// A lock: held from here on, until unlock_object().
inline void lock_object(const void* lock, event::lock_mode mode, call_site site,
                        bool may_have_readers) {
  on_behalf([&](context& self) { acquire_lock(self, lock, mode, site, may_have_readers); });
}
inline void unlock_object(const void* lock, event::lock_mode mode, call_site site) {
  on_behalf([&](context& self) { release_lock(self, lock, mode, site); });
}
inline void forget_object(const void* object) {
  inside_guard guard;
  sync_forget(sync_key::of(object));
  sync_forget(sync_key::of(object, sync_role::readers));
}

}  // namespace vole::race
