// SPDX-License-Identifier: Apache-2.0
// For objects built with -fsanitize=thread and linked with vole::race: sends their calls of libc's
// memory and string functions (strlen, memcpy ...) to the detector, as vole's own compiler plugin
// does. Neither g++ nor clang checks what those functions touch by itself.
//
// Not to be included by sources, but before everything else, and when compiling only:
//
//     g++ -fsanitize=thread -fno-omit-frame-pointer -include vole/tsan_calls.h -c program.cpp
//
// It gives the assembler other names for the functions, so it works for whatever calls the compiler
// makes of them. It has no effect with link-time optimization, and none on calls out of objects
// that were built without it.
#pragma once

#define VOLE_ABI_LIBC(NAME) __asm__(".set " #NAME ", __vole_" #NAME);
#include <vole/instrument_abi.def>
