// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"sync"
	"time"
)

func timerStartStop(n int) {
	for i := 0; i < n; i++ {
		time.NewTimer(time.Hour).Stop()
	}
}

func timerFire(n int) {
	for started := 0; started < n; started += 1000 {
		batch := n - started
		if batch > 1000 {
			batch = 1000
		}
		var all sync.WaitGroup
		all.Add(batch)
		for i := 0; i < batch; i++ {
			time.AfterFunc(0, all.Done)
		}
		all.Wait()
	}
}

func contextTimeoutCancel(n int) {
	root := context.Background()
	for i := 0; i < n; i++ {
		_, cancel := context.WithTimeout(root, time.Hour)
		cancel()
	}
}

func timing() {
	row("timer_start_stop", timerStartStop)
	row("timer_fire", timerFire)
	row("context_timeout_cancel", contextTimeoutCancel)
}
