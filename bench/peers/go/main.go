// SPDX-License-Identifier: Apache-2.0
// The runtime's basic operations in Go: the same programs as bench/runtime/vole_bench.cpp.
package main

import (
	"fmt"
	"sync"
	"time"
)

func roundTrip(n int) {
	ping, pong := make(chan int), make(chan int)
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		for i := 0; i < n; i++ {
			ping <- i
			<-pong
		}
	}()
	go func() {
		defer both.Done()
		for i := 0; i < n; i++ {
			<-ping
			pong <- i
		}
	}()
	both.Wait()
}

func chain(left int, done chan struct{}) {
	if left == 0 {
		done <- struct{}{}
		return
	}
	go chain(left-1, done)
}

func spawnChain(n int) {
	done := make(chan struct{})
	go chain(n, done)
	<-done
}

func spawnBatch(n int) {
	for started := 0; started < n; started += 1000 {
		batch := n - started
		if batch > 1000 {
			batch = 1000
		}
		var all sync.WaitGroup
		all.Add(batch)
		for i := 0; i < batch; i++ {
			go all.Done()
		}
		all.Wait()
	}
}

func selectParking(n int) {
	a, b := make(chan int), make(chan int)
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		for i := 0; i < n; i++ {
			if i%2 == 0 {
				a <- i
			} else {
				b <- i
			}
		}
	}()
	go func() {
		defer both.Done()
		for i := 0; i < n; i++ {
			select {
			case <-a:
			case <-b:
			}
		}
	}()
	both.Wait()
}

func selectContended(n int) {
	a, b := make(chan int), make(chan int)
	var all sync.WaitGroup
	all.Add(4)
	for g := 0; g < 2; g++ {
		go func() {
			defer all.Done()
			for i := 0; i < n; i += 2 {
				select {
				case a <- i:
				case b <- i:
				}
			}
		}()
		go func() {
			defer all.Done()
			for i := 0; i < n; i += 2 {
				select {
				case <-a:
				case <-b:
				}
			}
		}()
	}
	all.Wait()
}

// As bench::measure in bench/measure.h.
func measure(name string, run func(int)) {
	const enough = 120 * time.Millisecond
	clock := func(n int) time.Duration {
		start := time.Now()
		run(n)
		return time.Since(start)
	}
	n := 1
	took := clock(n)
	for took < enough/6 {
		n *= 2
		took = clock(n)
	}
	final := 1 + int(float64(n)*float64(enough)/float64(took))
	fmt.Printf("%s\t%.2f\n", name, float64(clock(final).Nanoseconds())/float64(final))
}

func main() {
	measure("round_trip", roundTrip)
	measure("spawn_chain", spawnChain)
	measure("spawn_batch", spawnBatch)
	measure("select_parking", selectParking)
	measure("select_contended", selectContended)
}
