// SPDX-License-Identifier: Apache-2.0
package main

import "sync"

func scaleSpawn(n int) {
	const batch = 100
	inParallel(n, func(share int) {
		for started := 0; started < share; started += batch {
			var all sync.WaitGroup
			for i := started; i < share && i < started+batch; i++ {
				all.Add(1)
				go all.Done()
			}
			all.Wait()
		}
	})
}

func scalePipeline(n int) {
	inParallel(n, func(share int) {
		first, second := make(chan int, 64), make(chan int, 64)
		go func() {
			for i := 0; i < share; i++ {
				first <- i
			}
			close(first)
		}()
		go func() {
			for value := range first {
				second <- value * 2
			}
			close(second)
		}()
		sum := 0
		for value := range second {
			sum += value
		}
		if sum < 0 {
			sink = sum
		}
	})
}

func scaleChannel(n int) {
	shared := make(chan int, 128)
	inParallel(n, func(share int) {
		var sender sync.WaitGroup
		sender.Add(1)
		go func() {
			defer sender.Done()
			for i := 0; i < share; i++ {
				shared <- i
			}
		}()
		sum := 0
		for i := 0; i < share; i++ {
			sum += <-shared
		}
		if sum < 0 {
			sink = sum
		}
		sender.Wait()
	})
}

//go:noinline
func work(x uint) uint {
	for i := 0; i < 8; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

func scaleMutex(n int) {
	var lock sync.Mutex
	inParallel(n, func(share int) {
		var four sync.WaitGroup
		four.Add(4)
		for g := 0; g < 4; g++ {
			go func() {
				defer four.Done()
				x := uint(1)
				for i := 0; i < share; i += 4 {
					lock.Lock()
					x = work(x)
					lock.Unlock()
					x = work(x)
				}
				if x == 0 {
					sink++
				}
			}()
		}
		four.Wait()
	})
}

func scaling() {
	row("scale_spawn", scaleSpawn)
	row("scale_pipeline", scalePipeline)
	row("scale_channel", scaleChannel)
	row("scale_mutex", scaleMutex)
}
