#!/usr/bin/env bash
# Goal: what `cmake --install` puts into a prefix is enough for a project of somebody else's.
# Usage: install_and_use.sh BUILD_FOLDER      (installs into a new folder, configures, builds and runs program/ against it)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${1:?usage: install_and_use.sh BUILD_FOLDER}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Runs a command quietly; on failure shows what it printed.
quietly() { "$@" >"$scratch/log" 2>&1 || { echo "failed: $*"; cat "$scratch/log"; exit 1; }; }
# expect STATUS WORDS COMMAND...: the command ends with STATUS and prints WORDS somewhere.
expect() {
  local want=$1 words=$2 status=0
  shift 2
  "$@" >"$scratch/log" 2>&1 || status=$?
  [ "$status" = "$want" ] || { echo "$*: expected status $want, got $status"; cat "$scratch/log"; exit 1; }
  grep -q -- "$words" "$scratch/log" || { echo "$*: expected \"$words\" in"; cat "$scratch/log"; exit 1; }
}

quietly cmake --install "$build" --prefix "$scratch/prefix"
quietly cmake -S "$here/program" -B "$scratch/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_PREFIX_PATH="$scratch/prefix"
quietly cmake --build "$scratch/build"
expect 0 '^45$' "$scratch/build/plain"
expect 66 'WARNING: DATA RACE' "$scratch/build/racy"
expect 66 'racy.cpp:9' "$scratch/build/racy"

# The compiler wrapper of the prefix, by hand.
quietly "$scratch/prefix/bin/vole-c++" -race -std=c++20 -O1 "$here/program/racy.cpp" -o "$scratch/by_hand"
expect 66 'WARNING: DATA RACE' "$scratch/by_hand"
quietly "$scratch/prefix/bin/vole-c++" -std=c++20 -O1 "$here/program/main.cpp" -o "$scratch/plain_by_hand"
expect 0 '^45$' "$scratch/plain_by_hand"

# Nothing installed may point back to where it was built.
if grep -rlF "$build" "$scratch/prefix" --include='*.cmake' --include='vole-c++' --include='*.h'; then
  echo "these installed files name the build folder"
  exit 1
fi
# g++ can use the plain library too.
quietly cmake -S "$here/program" -B "$scratch/gcc" -G Ninja -DCMAKE_CXX_COMPILER=g++ \
  -DCMAKE_PREFIX_PATH="$scratch/prefix" -DOUTSIDE_RACE=OFF
quietly cmake --build "$scratch/gcc" --target plain
expect 0 '^45$' "$scratch/gcc/plain"
echo "the installed package works"
