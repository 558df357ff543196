// SPDX-License-Identifier: Apache-2.0
// Names every file of interceptors, so that a static link takes them all.
#include "race/interceptors/interceptors.h"

namespace vole::race {

void install_interceptors() {
  install_heap();
  install_maps();
  install_threads();
  install_locks();
  install_cxx_abi();
}

}  // namespace vole::race
