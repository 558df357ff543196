// SPDX-License-Identifier: Apache-2.0
package main

import "sync"

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
		for i := 0; i < batch; i++ {
			all.Add(1)
			go all.Done()
		}
		all.Wait()
	}
}

func spawnWait(n int) {
	for i := 0; i < n; i++ {
		var one sync.WaitGroup
		one.Add(1)
		go one.Done()
		one.Wait()
	}
}

func skynetNode(up chan int, number, leaves int) {
	if leaves == 1 {
		up <- number
		return
	}
	below := make(chan int)
	for child := 0; child < 10; child++ {
		go skynetNode(below, number+child*(leaves/10), leaves/10)
	}
	sum := 0
	for child := 0; child < 10; child++ {
		sum += <-below
	}
	up <- sum
}

func skynet(name string) {
	grow := func() {
		root := make(chan int)
		go skynetNode(root, 0, 1000000)
		if <-root != 499999500000 {
			panic("skynet: wrong sum")
		}
	}
	print(name, seconds(grow))
	print("skynet_again", seconds(grow))
}

func spawning() {
	row("spawn_chain", spawnChain)
	row("spawn_batch", spawnBatch)
	row("spawn_wait", spawnWait)
	loneRow("skynet", skynet)
}
