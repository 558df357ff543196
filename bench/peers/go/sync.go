// SPDX-License-Identifier: Apache-2.0
package main

import (
	"container/list"
	"context"
	"runtime"
	"sync"
)

func mutexUncontended(n int) {
	var lock sync.Mutex
	for i := 0; i < n; i++ {
		lock.Lock()
		lock.Unlock()
	}
}

func mutexContended(n int) {
	var lock sync.Mutex
	count := 0
	inParallel(n, func(share int) {
		for i := 0; i < share; i++ {
			lock.Lock()
			count++
			lock.Unlock()
		}
	})
	sink = count
}

func mutexWaited(n int) {
	const goroutines = 16
	var lock sync.Mutex
	count := 0
	var all sync.WaitGroup
	all.Add(goroutines)
	for g := 0; g < goroutines; g++ {
		go func() {
			defer all.Done()
			for i := 0; i < n; i += goroutines {
				lock.Lock()
				count++
				runtime.Gosched()
				lock.Unlock()
			}
		}()
	}
	all.Wait()
	sink = count
}

func rwmutex(n int) {
	var lock sync.RWMutex
	for i := 0; i < n; i++ {
		lock.RLock()
		lock.RLock()
		lock.RUnlock()
		lock.RUnlock()
		lock.Lock()
		lock.Unlock()
	}
}

func rwmutexRead(n int) {
	var lock sync.RWMutex
	inParallel(n, func(share int) {
		for i := 0; i < share; i++ {
			lock.RLock()
			lock.RUnlock()
		}
	})
}

func condNotify(n int) {
	nobody := sync.NewCond(new(sync.Mutex))
	for i := 0; i < n; i++ {
		nobody.Signal()
	}
}

func waitGroup(n int) {
	var group sync.WaitGroup
	for i := 0; i < n; i++ {
		group.Add(1)
		group.Done()
		group.Wait()
	}
}

func once(n int) {
	var one sync.Once
	calls := 0
	call := func() { calls++ }
	for i := 0; i < n; i++ {
		one.Do(call)
	}
	sink = calls
}

func pool(n int) {
	items := sync.Pool{New: func() any { return new(int) }}
	for i := 0; i < n; i++ {
		item := items.Get().(*int)
		*item++
		items.Put(item)
	}
}

// The semaphore of golang.org/x/sync as far as nobody waits: there, too, a mutex, a list and a context.
type weighted struct {
	size, held int64
	lock       sync.Mutex
	waiters    list.List
}

func (s *weighted) acquire(ctx context.Context, n int64) error {
	s.lock.Lock()
	if s.size-s.held >= n && s.waiters.Len() == 0 {
		s.held += n
		s.lock.Unlock()
		return nil
	}
	panic("nobody waits here")
}

func (s *weighted) release(n int64) {
	s.lock.Lock()
	s.held -= n
	if s.held < 0 || s.waiters.Front() != nil {
		panic("nobody waits here")
	}
	s.lock.Unlock()
}

func semaphore(n int) {
	ten := weighted{size: 10}
	ever := context.Background()
	for i := 0; i < n; i++ {
		if ten.acquire(ever, 1) != nil {
			return
		}
		ten.release(1)
	}
}

const keys = 1024

func filledMap() *sync.Map {
	var all sync.Map
	for key := 0; key < keys; key++ {
		all.Store(key, key)
	}
	// Go 1.19 answers loads without a lock only once a few of them have missed its read-only part.
	for key := 0; key < keys; key++ {
		all.Load(key)
	}
	return &all
}

func syncMap(n int) {
	all := filledMap()
	inParallel(n, func(share int) {
		sum := 0
		for i := 0; i < share; i++ {
			value, _ := all.Load(i % keys)
			sum += value.(int)
		}
		if sum < 0 {
			sink = sum
		}
	})
}

func syncMapMixed(n int) {
	all := filledMap()
	inParallel(n, func(share int) {
		sum := 0
		for i := 0; i < share; i++ {
			if i%10 == 9 {
				all.Store(i%keys, i)
			} else {
				value, _ := all.Load(i % keys)
				sum += value.(int)
			}
		}
		if sum < 0 {
			sink = sum
		}
	})
}

func syncing() {
	row("mutex_uncontended", mutexUncontended)
	row("mutex_contended", mutexContended)
	row("mutex_waited", mutexWaited)
	row("rwmutex", rwmutex)
	row("rwmutex_read", rwmutexRead)
	row("cond_notify", condNotify)
	row("wait_group", waitGroup)
	row("once", once)
	row("pool", pool)
	row("semaphore", semaphore)
	row("sync_map", syncMap)
	row("sync_map_mixed", syncMapMixed)
}
