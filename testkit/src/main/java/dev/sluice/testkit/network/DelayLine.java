// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import java.nio.ByteBuffer;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** The packets that are under way, in the order of their arrival. Bounded: what is too much is lost, as on any wire. */
final class DelayLine {

    private static final int MAX_PACKETS = 50_000;

    private record Packet(long dueNanos, long number, TunDevice to, ByteBuffer bytes) implements Comparable<Packet> {

        @Override
        public int compareTo(Packet other) {
            int byTime = Long.signum(dueNanos - other.dueNanos); // nanoTime may overflow
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Packet> underWay = new PriorityQueue<>();
    private long numbers;
    private boolean closed;

    /** Takes a copy of the packet, to be written to the device later. */
    synchronized boolean add(ByteBuffer packet, TunDevice to, long delayNanos) {
        if (underWay.size() >= MAX_PACKETS) {
            return false;
        }
        ByteBuffer copy = ByteBuffer.allocate(packet.remaining());
        copy.put(packet.duplicate()).flip();
        numbers++;
        Packet added = new Packet(System.nanoTime() + delayNanos, numbers, to, copy);
        underWay.add(added);
        if (underWay.peek().number() == numbers) {
            notifyAll();
        }
        return true;
    }

    /** Delivers until it is closed. */
    void run() {
        ByteBuffer packet = ByteBuffer.allocateDirect(Wire.MAX_PACKET);
        try {
            for (Packet next = take(); next != null; next = take()) {
                packet.clear().put(next.bytes()).flip();
                next.to().write(packet);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Packet take() throws InterruptedException {
        while (!closed) {
            Packet next = underWay.peek();
            long wait = next == null ? Long.MAX_VALUE : next.dueNanos() - System.nanoTime();
            if (wait <= 0) {
                return underWay.poll();
            }
            if (next == null) {
                wait();
            } else {
                TimeUnit.NANOSECONDS.timedWait(this, wait);
            }
        }
        return null;
    }

    synchronized void close() {
        closed = true;
        underWay.clear();
        notifyAll();
    }
}
