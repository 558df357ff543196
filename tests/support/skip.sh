#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# skip.sh WHY: stands in for a test that this machine can't run. Fails where VOLE_TEST_SKIPS=fail .
echo "SKIPPED: $1"
[ "${VOLE_TEST_SKIPS:-}" = fail ] && exit 1
exit 77
