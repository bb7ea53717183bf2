// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.replay.ReplayBuffer;
import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stream as the sessions of a node see it. The buffer is replaced when the epoch changes, when older events are loaded,
 * and when the log itself has a gap; whoever reads it compares. Any thread, unless said otherwise.
 */
public final class StreamFeed {

    private final StreamKey key;
    private final List<FeedListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger deflating = new AtomicInteger();
    private final ReplayFrames replayFrames = new ReplayFrames();
    /** Under way to the sessions; empty for nearly all, and always where nothing is traced. */
    private volatile List<TracedDelivery> traced = List.of();

    private volatile ReplayBuffer buffer;
    private volatile long logOldest = Long.MAX_VALUE;

    StreamFeed(StreamKey key) {
        this.key = key;
    }

    /** The stream. */
    public StreamKey key() {
        return key;
    }

    /** The current buffer; not null once {@link StreamHub#attach} has succeeded. */
    public ReplayBuffer buffer() {
        return buffer;
    }

    /**
     * The oldest seq that can be had, from the buffer or from the log as it was last looked at. It may have gone since;
     * then whoever asks for it gets a gap.
     */
    public long oldest() {
        return Math.min(buffer.oldest(), logOldest);
    }

    /** Replay frames that several sessions want. */
    public ReplayFrames replayFrames() {
        return replayFrames;
    }

    /** Begins to tell the listener. */
    public void addListener(FeedListener listener) {
        listeners.add(listener);
    }

    /** Ends telling the listener. */
    public void removeListener(FeedListener listener) {
        listeners.remove(listener);
    }

    /** Who is told now. */
    List<FeedListener> listeners() {
        return List.copyOf(listeners);
    }

    /** Traced events that are under way to the sessions. */
    public List<TracedDelivery> traced() {
        return traced;
    }

    /** Hub loop. */
    void addTraced(TracedDelivery delivery) {
        List<TracedDelivery> next = new ArrayList<>(traced);
        next.add(delivery);
        traced = List.copyOf(next);
    }

    /** Hub loop. */
    void removeTraced(TracedDelivery delivery) {
        traced = traced.stream().filter(other -> other != delivery).toList();
    }

    /** Counts the sessions that take deflated frames: while there are none, nothing is deflated. */
    public void countDeflating(int change) {
        deflating.addAndGet(change);
    }

    /** Whether some session takes deflated frames. */
    public boolean wantsDeflated() {
        return deflating.get() > 0;
    }

    /** Hub loop. */
    void replaceBuffer(ReplayBuffer next, long oldestInLog) {
        replayFrames.clear();
        logOldest = oldestInLog;
        buffer = next;
    }

    /** Hub loop. */
    void advanced() {
        for (FeedListener listener : listeners) {
            listener.feedAdvanced(this);
        }
    }
}
