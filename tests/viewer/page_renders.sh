#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Goal: a real browser shows the page: flame, table, types, zoom and search, with the data of the files.
# Method: headless Chromium loads the page at an address that names the state and prints the DOM it ended with; the
# canvas says how many frames it drew.
#   page_renders.sh VOLE WRITE_FIXTURE
set -euo pipefail
vole=$1 write_fixture=$2
command -v chromium >/dev/null || { echo "chromium is not installed; ./dev test installs it" >&2; exit 1; }
scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$scratch"' EXIT
"$write_fixture" "$scratch"

mkfifo "$scratch/log"
"$vole" view -no_browser "$scratch/cpu.pb.gz" "$scratch/heap.pb.gz" >"$scratch/log" &
server=$!
exec 3<"$scratch/log"
read -r line <&3 || { echo "vole view ended without a line"; exit 1; } # it comes once the port is open
url=$(sed -n 's/^Serving \(http[^ ]*\).*/\1/p' <<<"$line")

dom() { # dom ADDRESS-PART
  timeout 100 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-dev-shm-usage --user-data-dir="$scratch/chromium" \
    --window-size=1300,900 --virtual-time-budget=8000 --dump-dom "$url$1" 2>"$scratch/chromium.log" >"$scratch/dom"
}
expect() { # expect PATTERN WHAT
  grep -qE -- "$1" "$scratch/dom" && return
  echo "the page lacks $2 (pattern: $1)"
  grep -E "CONSOLE" "$scratch/chromium.log" || true
  head -c 6000 "$scratch/dom"
  exit 1
}

dom ""
expect '<body data-state="ready">' "the ready state"
expect '<canvas[^>]*data-frames="13"' "the 13 boxes of the flame"
expect '<title>cpu\.pb\.gz' "the profile's name as title"
expect 'role="radio" aria-checked="true"[^>]*>cpu<' "the default sample type as the chosen one"
expect '<button type="button">dispatch::visit</button>' "a function in the table"
expect '6 shown' "the number of functions"
expect '730ms' "a value in its unit"
expect 'aria-sort="descending"' "the order of the table"

dom "#profile=0&type=0&search=visit"
expect 'aria-checked="true"[^>]*>samples<' "the sample type of the address"
expect '9\.71% matched' "the matched share"
expect '1 of 6 shown' "the filtered table"

dom "#profile=0&type=1&root=2"
expect 'aria-label="Zoom"><button[^>]*>all</button><button[^>]*>main</button>' "the zoom path"

dom "#profile=1"
expect '<title>heap\.pb\.gz' "the second profile"
expect 'aria-checked="true"[^>]*>inuse_space<' "the second profile's default type"

kill -INT "$server"
wait "$server" && status=0 || status=$?
server=
[ "$status" = 0 ] || { echo "Ctrl-C: vole view ended with status $status, expected 0"; exit 1; }
echo "the page renders"
