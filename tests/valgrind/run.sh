#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh PROGRAM ARGS...: under valgrind, where any error is a failure. A copy without debug information is run: Debian 12's
# valgrind gives up at what clang 19 writes.
set -eu
program=$1
shift
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
strip -g -o "$copy/program" "$program"
valgrind -q --error-exitcode=9 --leak-check=no --fair-sched=yes "$copy/program" "$@"
