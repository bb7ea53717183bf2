// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.ShardDelta.StreamDelta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** One commit on its way through the streams of a shard: gives positions, recognises duplicates. Used once. */
final class CommitPass {

    private final CommitRequest request;
    private final StreamTable streams;
    private final ShardVersion next;
    private final ShardVersion current;
    private final long time;
    private final Limits limits;
    private final RandomGenerator random;
    private final Map<StreamKey, Touched> touched = new LinkedHashMap<>();
    private boolean addedAny;
    private long addedBytes;

    CommitPass(
            CommitRequest request,
            StreamTable streams,
            ShardVersion current,
            long time,
            Limits limits,
            RandomGenerator random) {
        this.request = request;
        this.streams = streams;
        this.current = current;
        this.next = new ShardVersion(current.incarnation(), current.number() + 1);
        this.time = time;
        this.limits = limits;
        this.random = random;
    }

    /** A stream that the commit met, and what it got. */
    private static final class Touched {
        final StreamState stream;
        final List<CommitEntry> added = new ArrayList<>();
        long firstSeq;

        Touched(StreamState stream) {
            this.stream = stream;
            this.firstSeq = stream.head() + 1;
        }

        StreamDelta delta(long head) {
            return new StreamDelta(
                    stream.key(),
                    stream.epoch(),
                    stream.lastActivity(),
                    stream.lastVersion(),
                    head,
                    firstSeq,
                    List.copyOf(added));
        }
    }

    /** Appends all events and enforces the retention of the streams they went to. */
    CommitAnswer run() {
        CommitAnswer.Builder answer = new CommitAnswer.Builder(request);
        for (CommitEntry entry : request.entries()) {
            Touched target = touch(entry.key());
            if (target == null) {
                answer.refused();
            } else {
                append(entry, target, answer);
            }
        }
        for (Touched target : touched.values()) {
            long before = target.stream.bytes();
            target.stream.expire(time, limits);
            addedBytes += target.stream.bytes() - before;
        }
        return answer.build(addedAny ? next : current, time);
    }

    /** By how much all streams together grew or, if negative, shrank. */
    long addedBytes() {
        return addedBytes;
    }

    /** What the backups need; after {@link #run()}. */
    List<StreamDelta> deltas() {
        return touched.values().stream()
                .map(target -> target.delta(target.stream.head()))
                .toList();
    }

    private Touched touch(StreamKey key) {
        Touched known = touched.get(key);
        if (known != null) {
            return known;
        }
        StreamState stream = streams.get(key);
        long before = stream == null ? 0 : stream.bytes();
        if (stream == null) {
            if (!streams.hasRoom(key.org(), limits)) {
                return null;
            }
            stream = new StreamState(key, Epochs.next(random), time);
            streams.put(stream);
        }
        stream.expire(time, limits); // or ids past their window would still count as seen
        addedBytes += stream.bytes() - before;
        Touched target = new Touched(stream);
        touched.put(key, target);
        return target;
    }

    private void append(CommitEntry entry, Touched target, CommitAnswer.Builder answer) {
        StreamState stream = target.stream;
        long seen = stream.find(entry.id());
        if (seen != 0) {
            answer.duplicate(stream.epoch(), seen);
            return;
        }
        long before = stream.bytes();
        answer.added(stream.epoch(), stream.append(entry.id(), entry.json(), time, next.number()));
        addedBytes += stream.bytes() - before;
        target.added.add(entry);
        addedAny = true;
    }

    /**
     * What the backups need for an answer that is given again: its events as far as the primary still holds them, and
     * no head beyond the answer, for what came later is not this answer's to reveal.
     */
    static List<StreamDelta> deltasOf(CommitRequest request, CommitAnswer answer, StreamTable streams) {
        Map<StreamKey, Touched> told = new LinkedHashMap<>();
        Map<StreamKey, Long> heads = new LinkedHashMap<>();
        for (int i = 0; i < answer.size(); i++) {
            CommitEntry entry = request.entries().get(i);
            StreamState stream = streams.get(entry.key());
            if (!answer.isAccepted(i) || stream == null || !stream.epoch().equals(answer.epoch(i))) {
                continue;
            }
            Touched target = told.computeIfAbsent(entry.key(), key -> new Touched(stream));
            heads.merge(entry.key(), answer.seq(i), Math::max);
            if (answer.isAdded(i) && answer.seq(i) >= stream.oldest()) {
                if (target.added.isEmpty()) {
                    target.firstSeq = answer.seq(i);
                }
                target.added.add(entry);
            }
        }
        return told.values().stream()
                .map(target -> target.delta(heads.get(target.stream.key())))
                .toList();
    }
}
