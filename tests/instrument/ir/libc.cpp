// SPDX-License-Identifier: Apache-2.0
// Calls of libc's memory and string functions go to the runtime's twins; what only has such a name
// does not.

// O0,O2 counter libc_calls >= 4
#include <stddef.h>
extern "C" {
size_t strlen(const char*);
int strcmp(const char*, const char*);
void* memchr(const void*, int, size_t);
char* strcpy(char*, const char*);
}

// O0,O2 length: __vole_strlen
extern "C" size_t length(const char* text) { return strlen(text); }
// O0,O2 compare: __vole_strcmp
extern "C" int compare(const char* left, const char* right) { return strcmp(left, right); }
// O0,O2 find: __vole_memchr
extern "C" const void* find(const char* text, size_t bytes) { return memchr(text, 'x', bytes); }
// O0,O2 copy: __vole_strcpy
extern "C" void copy(char* into, const char* from) { strcpy(into, from); }
// O2 copy_checked: __vole___strcpy_chk
extern "C" void copy_checked(char* into, const char* from, size_t room) {
  __builtin___strcpy_chk(into, from, room);
}
// The compiler knows the answer.
// O2 known: none
extern "C" size_t known() { return strlen("gopher"); }

// Not libc's: other parameters, or a body of its own.
extern "C" int strcasecmp(double);
// O2 other_parameters: none
extern "C" int other_parameters(double number) { return strcasecmp(number); }
extern "C" __attribute__((noinline)) char* strpbrk(const char* text, const char*) {
  return const_cast<char*>(text);
}
// O2 own_body: none
extern "C" char* own_body(const char* text) { return strpbrk(text, text); }
