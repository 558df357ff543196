// SPDX-License-Identifier: Apache-2.0
package main

import (
	"io"
	"net"
	"sync"
)

func echo(n, connections int) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	var all sync.WaitGroup
	all.Add(1 + 2*connections)
	go func() {
		defer all.Done()
		for c := 0; c < connections; c++ {
			peer, err := server.Accept()
			if err != nil {
				panic(err)
			}
			go func() {
				defer all.Done()
				defer peer.Close()
				var bytes [1]byte
				for {
					if got, _ := peer.Read(bytes[:]); got != 1 {
						return
					}
					peer.Write(bytes[:])
				}
			}()
		}
	}()
	for c := 0; c < connections; c++ {
		go func() {
			defer all.Done()
			peer, err := net.Dial("tcp", server.Addr().String())
			if err != nil {
				panic(err)
			}
			defer peer.Close()
			var bytes [1]byte
			for i := 0; i < n; i += connections {
				peer.Write(bytes[:])
				if _, err := io.ReadFull(peer, bytes[:]); err != nil {
					panic(err)
				}
			}
		}()
	}
	all.Wait()
	server.Close()
}

func tcpEcho(n int) { echo(n, 1) }

func tcpEchoMany(n int) { echo(n, 64) }

func networking() {
	row("tcp_echo", tcpEcho)
	row("tcp_echo_many", tcpEchoMany)
}
