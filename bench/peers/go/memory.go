// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

func residentBytes() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var size, resident int
	fmt.Sscan(string(text), &size, &resident)
	return float64(resident * os.Getpagesize())
}

func parkedMillion(name string) {
	const goroutines = 1000000
	before := residentBytes()
	never := make(chan struct{})
	creating := seconds(func() {
		var started sync.WaitGroup
		started.Add(goroutines)
		for i := 0; i < goroutines; i++ {
			go func() {
				started.Done()
				<-never
			}()
		}
		started.Wait()
	})
	time.Sleep(time.Second)
	print(name, residentBytes()-before)
	print("parked_million_create", creating)
	os.Exit(0)
}

func memory() {
	loneRow("parked_million", parkedMillion)
}
