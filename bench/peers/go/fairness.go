// SPDX-License-Identifier: Apache-2.0
package main

import (
	"runtime"
	"sort"
	"time"
)

func hog(length time.Duration) {
	end := time.Now().Add(length)
	x := 1.0
	for time.Now().Before(end) {
		for i := 0; i < 100000; i++ {
			x = x*1.000001 + 0.5
		}
		if x < 0 {
			sink++
		}
	}
}

func tickerHogs(name string) {
	const period, length = time.Millisecond, 1500 * time.Millisecond
	for i := 0; i < runtime.GOMAXPROCS(0); i++ {
		go hog(length)
	}
	var lateMs []float64
	due := time.Now().Add(period)
	end := due.Add(length - 50*time.Millisecond)
	ticks := time.NewTicker(period)
	for due.Before(end) {
		<-ticks.C
		for now := time.Now(); !due.After(now); due = due.Add(period) {
			lateMs = append(lateMs, float64(now.Sub(due).Nanoseconds())/1e6)
		}
	}
	sort.Float64s(lateMs)
	print(name, lateMs[len(lateMs)*99/100])
}

func fairness() {
	loneRow("ticker_hogs", tickerHogs)
}
