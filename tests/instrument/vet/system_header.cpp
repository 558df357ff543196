// SPDX-License-Identifier: Apache-2.0
// What stands in a system header is nobody's fault here.
// expected-no-diagnostics
#include "system_header.h"
