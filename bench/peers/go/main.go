// SPDX-License-Identifier: Apache-2.0
// Runs the rows: the same programs as bench/runtime, file by file.
package main

func main() {
	switches()
	channels()
	spawning()
	syncing()
	timing()
	networking()
	memory()
	fairness()
	scaling()
}
