// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.ShardDelta.StreamDelta;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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

    /** A stream that the commit met, and what the answer says of it. */
    private static final class Touched {
        private final StreamState stream;
        private final SortedMap<Long, Told> told = new TreeMap<>();
        private long newest;

        private record Told(CommitEntry entry, long timestamp) {}

        Touched(StreamState stream) {
            this.stream = stream;
        }

        /** The answer gives the event this seq, for the first time or again; as long as there is an event it goes to the backups, for they may have missed it. */
        void tell(long seq, CommitEntry entry) {
            newest = Math.max(newest, seq);
            if (stream.holds(seq)) {
                told.putIfAbsent(seq, new Told(entry, stream.timestamp(seq)));
            }
        }

        /**
         * One for each run of consecutive events of one time. No head is beyond the answer, for what came later is not this answer's to reveal.
         */
        List<StreamDelta> deltas() {
            List<StreamDelta> deltas = new ArrayList<>();
            List<CommitEntry> run = new ArrayList<>();
            told.forEach((seq, event) -> {
                run.add(event.entry());
                Told next = told.get(seq + 1);
                if (next == null || next.timestamp() != event.timestamp()) {
                    deltas.add(delta(seq, event.timestamp(), run));
                    run.clear();
                }
            });
            return deltas.isEmpty() ? List.of(delta(newest, stream.lastActivity(), List.of())) : deltas;
        }

        private StreamDelta delta(long head, long timestamp, List<CommitEntry> run) {
            return new StreamDelta(
                    stream.key(),
                    stream.epoch(),
                    stream.lastActivity(),
                    stream.lastVersion(),
                    head,
                    head - run.size() + 1,
                    timestamp,
                    List.copyOf(run));
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
        return deltasOf(touched.values());
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
            target.tell(seen, entry);
            return;
        }
        long before = stream.bytes();
        long seq = stream.append(entry.id(), entry.json(), time, next.number());
        addedBytes += stream.bytes() - before;
        answer.added(stream.epoch(), seq);
        target.tell(seq, entry);
        addedAny = true;
    }

    /** What the backups need for an answer that is given again: its events as far as the primary still holds them. */
    static List<StreamDelta> deltasOf(CommitRequest request, CommitAnswer answer, StreamTable streams) {
        Map<StreamKey, Touched> told = new LinkedHashMap<>();
        for (int i = 0; i < answer.size(); i++) {
            CommitEntry entry = request.entries().get(i);
            StreamState stream = streams.get(entry.key());
            if (answer.isAccepted(i) && stream != null && stream.epoch().equals(answer.epoch(i))) {
                told.computeIfAbsent(entry.key(), key -> new Touched(stream)).tell(answer.seq(i), entry);
            }
        }
        return deltasOf(told.values());
    }

    private static List<StreamDelta> deltasOf(Collection<Touched> touched) {
        return touched.stream().flatMap(target -> target.deltas().stream()).toList();
    }
}
