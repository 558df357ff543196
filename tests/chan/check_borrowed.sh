#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_borrowed.sh SOURCE COMPILER FLAGS...: the compiler's warnings, without any -W option, are at the marked lines.
set -eu
source=$1
shift
told=$("$@" -fsyntax-only "$source" 2>&1 | sed -n 's/^[^:]*:\([0-9]*\):[0-9]*: warning: .*/\1/p')
marked=$(grep -n '// warned of$' "$source" | cut -d: -f1)
[ "$told" = "$marked" ] && exit 0
echo "warnings at the lines:" $told "- expected at:" $marked
exit 1
