// SPDX-License-Identifier: Apache-2.0
package main

import (
	"runtime"
	"sync"
)

func parkNext(n int) {
	const goroutines = 16
	var all sync.WaitGroup
	all.Add(goroutines)
	for g := 0; g < goroutines; g++ {
		go func() {
			defer all.Done()
			for i := 0; i < n; i += goroutines {
				runtime.Gosched()
			}
		}()
	}
	all.Wait()
}

func switches() {
	row("park_next", parkNext)
}
