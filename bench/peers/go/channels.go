// SPDX-License-Identifier: Apache-2.0
package main

import (
	"runtime"
	"sync"
	"syscall"
)

func roundTripWith(n int, onStart func()) {
	ping, pong := make(chan int), make(chan int)
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		onStart()
		for i := 0; i < n; i++ {
			ping <- i
			<-pong
		}
	}()
	go func() {
		defer both.Done()
		onStart()
		for i := 0; i < n; i++ {
			<-ping
			pong <- i
		}
	}()
	both.Wait()
}

func roundTrip(n int) { roundTripWith(n, func() {}) }

func roundTripLocked(n int) { roundTripWith(n, runtime.LockOSThread) }

func roundTripCrossings(name string) {
	const trips = 200000
	ping, pong := make(chan int), make(chan int)
	there, back := 0, 0
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		for i := 0; i < trips; i++ {
			ping <- syscall.Gettid()
			if <-pong != syscall.Gettid() {
				back++
			}
		}
	}()
	go func() {
		defer both.Done()
		for i := 0; i < trips; i++ {
			if <-ping != syscall.Gettid() {
				there++
			}
			pong <- syscall.Gettid()
		}
	}()
	both.Wait()
	print(name, 100*float64(there+back)/(2*trips))
}

func ringHop(n int) {
	const places = 1000
	laps := n/places + 1
	ring := make([]chan int, places)
	for i := range ring {
		ring[i] = make(chan int)
	}
	var all sync.WaitGroup
	all.Add(places)
	for place := range ring {
		place, from, to := place, ring[place], ring[(place+1)%places]
		go func() {
			defer all.Done()
			for lap := 0; lap < laps; lap++ {
				token := <-from
				if place+1 < places || lap+1 < laps {
					to <- token + 1
				}
			}
		}()
	}
	ring[0] <- 0
	all.Wait()
}

func bufferedItem(n int) {
	items := make(chan int, 128)
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		for i := 0; i < n; i++ {
			items <- i
		}
	}()
	go func() {
		defer both.Done()
		sum := 0
		for i := 0; i < n; i++ {
			sum += <-items
		}
		sink = sum
	}()
	both.Wait()
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
	a, b, c := make(chan int), make(chan int), make(chan int)
	done := make(chan struct{})
	var senders sync.WaitGroup
	inParallel(n, func(share int) {
		senders.Add(1)
		go func() {
			defer senders.Done()
			for {
				select {
				case a <- 0:
				case b <- 0:
				case c <- 0:
				case <-done:
					return
				}
			}
		}()
		for i := 0; i < share; i++ {
			select {
			case <-a:
			case <-b:
			case <-c:
			}
		}
	})
	close(done)
	senders.Wait()
}

func selectNonblock(n int) {
	a, b := make(chan int), make(chan int)
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case <-a:
		case <-b:
			sum++
		default:
			sum += 2
		}
	}
	sink = sum
}

func selectNonblockOne(n int) {
	receiveUnbuffered, sendUnbuffered := make(chan int), make(chan int)
	receiveEmpty, sendFull := make(chan int, 1), make(chan int, 1)
	sendFull <- 0
	sum := 0
	for i := 0; i < n; i += 4 {
		select {
		case <-receiveUnbuffered:
		default:
			sum++
		}
		select {
		case sendUnbuffered <- 0:
		default:
			sum++
		}
		select {
		case <-receiveEmpty:
		default:
			sum++
		}
		select {
		case sendFull <- 0:
		default:
			sum++
		}
	}
	sink = sum
}

func tryRecvEmpty(n int) {
	empty := make(chan int)
	ready := 0
	for i := 0; i < n; i++ {
		select {
		case <-empty:
			ready++
		default:
		}
	}
	sink = ready
}

func channels() {
	row("round_trip_same", roundTrip)
	row("round_trip_across", roundTrip)
	row("round_trip_locked", roundTripLocked)
	loneRow("round_trip_crossings", roundTripCrossings)
	row("ring_hop", ringHop)
	row("buffered_item", bufferedItem)
	row("select_parking", selectParking)
	row("select_contended", selectContended)
	row("select_nonblock", selectNonblock)
	row("select_nonblock_one", selectNonblockOne)
	row("try_recv_empty", tryRecvEmpty)
}
