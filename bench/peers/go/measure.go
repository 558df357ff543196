// SPDX-License-Identifier: Apache-2.0
// Measuring and the registration of rows, as bench/measure.h has them.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const enough = 120 * time.Millisecond

// Results go here, so that the compiler can't leave out what computes them.
var sink int

func print(name string, value float64) { fmt.Printf("%s\t%.6g\n", name, value) }

// By the clock, or, where BENCH_CLOCK=cpu asks for it, of all the process's threads.
func now() time.Duration {
	clock := uintptr(1) // CLOCK_MONOTONIC
	if os.Getenv("BENCH_CLOCK") != "" {
		clock = 2 // CLOCK_PROCESS_CPUTIME_ID
	}
	var at syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&at)), 0)
	return time.Duration(at.Nano())
}

func seconds(run func()) float64 {
	start := now()
	run()
	return (now() - start).Seconds()
}

func measure(name string, run func(int)) {
	clock := func(n int) time.Duration {
		start := now()
		run(n)
		return now() - start
	}
	run(1) // as there
	n := 1
	took := clock(n)
	for took < enough/6 {
		n *= 2
		took = clock(n)
	}
	final := 1 + int(float64(n)*float64(enough)/float64(took))
	print(name, float64(clock(final).Nanoseconds())/float64(final))
}

func named(name string) bool {
	for _, one := range os.Args[1:] {
		if one == name {
			return true
		}
	}
	return false
}

func row(name string, run func(int)) {
	if len(os.Args) == 1 || named(name) {
		measure(name, run)
	}
}

func loneRow(name string, run func(string)) {
	if named(name) {
		run(name)
	}
}

// Calls work(share) in as many goroutines as there are processors; the shares add up to n.
func inParallel(n int, work func(int)) {
	workers := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	all.Add(workers)
	for w := 0; w < workers; w++ {
		share := n / workers
		if w < n%workers {
			share++
		}
		go func() {
			defer all.Done()
			work(share)
		}()
	}
	all.Wait()
}
