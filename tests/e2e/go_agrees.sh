#!/usr/bin/env bash
# Goal: `go tool pprof -top` and `vole pprof -top` agree, byte for byte, on the profiles of a running service.
# Usage: go_agrees.sh VOLE FOLDER      (FOLDER holds the cpu.pb.gz and goroutine.pb.gz of the demo)
set -euo pipefail
vole=$1 folder=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch XDG_CACHE_HOME=$scratch GOFLAGS=-mod=mod PPROF_TMPDIR=$scratch

for kind in cpu goroutine; do
  for options in "-top" "-top -cum" "-top -nodecount=5"; do
    # shellcheck disable=SC2086  # options are meant to split
    go tool pprof -symbolize=none $options "$folder/$kind.pb.gz" >"$scratch/go" 2>"$scratch/go.err" ||
      { echo "go tool pprof rejects $kind.pb.gz:"; cat "$scratch/go.err"; exit 1; }
    # shellcheck disable=SC2086
    "$vole" pprof -symbolize=none $options "$folder/$kind.pb.gz" >"$scratch/vole"
    [ "$(wc -l <"$scratch/go")" -gt 5 ] || { echo "go tool pprof shows nothing in $kind.pb.gz:"; cat "$scratch/go"; exit 1; }
    diff -u "$scratch/go" "$scratch/vole" || { echo "the tools differ on $kind.pb.gz with $options"; exit 1; }
  done
done
echo "go tool pprof and vole pprof agree on both files"
