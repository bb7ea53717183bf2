// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.loop.EventLoop;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads history from the log, for sessions that were away: a few at a time, the orgs in turn, so that thousands of clients of one org that
 * come back neither hold up those of others nor the commits of the shards that they read. What a node has under way is bounded: so
 * many reads, of which each asks for a frame or a buffer's worth of bytes. Who waits is bounded by the sessions, for each has one read at
 * a time. Reads that fill holes of live streams do not come here. Confined to the hub's loop.
 */
final class LogReads {

    /** Under way at a time. */
    static final int MAX_READS = 16;

    /** Of one org: others always find a place. */
    static final int MAX_READS_PER_ORG = 4;

    private final EventLoop loop;
    private final StreamLog log;
    private final Map<String, OrgReads> orgs = new HashMap<>();
    /** Those with reads that wait and may begin. */
    private final Deque<OrgReads> turns = new ArrayDeque<>();

    private int underWay;

    private record Read(StreamKey key, long fromSeq, int maxEvents, int maxBytes, Promise<LogSlice> promise) {}

    private static final class OrgReads {
        private final Deque<Read> waiting = new ArrayDeque<>();
        private int underWay;
        private boolean inTurns;

        boolean mayBegin() {
            return !waiting.isEmpty() && underWay < MAX_READS_PER_ORG;
        }
    }

    LogReads(EventLoop loop, StreamLog log) {
        this.loop = loop;
        this.log = log;
    }

    /** As {@link StreamLog#read}, in its turn; completes on the loop. */
    Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        Read read = new Read(key, fromSeq, maxEvents, maxBytes, Promise.promise());
        OrgReads org = orgs.computeIfAbsent(key.org(), unknown -> new OrgReads());
        org.waiting.add(read);
        takeTurn(org);
        beginNext();
        return read.promise().future();
    }

    private void takeTurn(OrgReads org) {
        if (!org.inTurns && org.mayBegin()) {
            org.inTurns = true;
            turns.add(org);
        }
    }

    private void beginNext() {
        while (underWay < MAX_READS && !turns.isEmpty()) {
            OrgReads org = turns.remove();
            org.inTurns = false;
            Read read = org.waiting.remove();
            org.underWay++;
            underWay++;
            takeTurn(org);
            begin(read, org);
        }
    }

    private void begin(Read read, OrgReads org) {
        Future<LogSlice> slice;
        try {
            slice = log.read(read.key(), read.fromSeq(), read.maxEvents(), read.maxBytes());
        } catch (RuntimeException e) {
            slice = Future.failedFuture(e);
        }
        slice.onComplete((result, failure) -> loop.execute(() -> {
            underWay--;
            org.underWay--;
            if (org.underWay == 0 && org.waiting.isEmpty()) {
                orgs.remove(read.key().org());
            }
            takeTurn(org);
            beginNext();
            if (failure == null) {
                read.promise().complete(result);
            } else {
                read.promise().fail(failure);
            }
        }));
    }
}
