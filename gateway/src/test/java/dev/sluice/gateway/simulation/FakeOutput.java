// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.session.Closing;
import dev.sluice.gateway.session.ControlFrame;
import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.session.SessionOutput;
import dev.sluice.gateway.session.Transport;
import dev.sluice.stream.Cursor;
import dev.sluice.stream.CursorVector;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A client's end of the line: keeps the frames that were flushed, as JSON. Fails the test when an event is written to a queue that is
 * full, when anything is written after the close, and when a frame is not what the protocol says of its bytes.
 */
public final class FakeOutput implements SessionOutput {

    private static volatile Consumer<JsonObject> witness = frame -> {};

    private final boolean deflate;
    private final List<JsonObject> unflushed = new ArrayList<>();
    private final List<JsonObject> frames = new ArrayList<>();
    private Consumer<JsonObject> listener = frame -> {};
    private IntConsumer onClose = code -> {};
    private Runnable whileWriting = () -> {};
    private Runnable onPing = () -> {};
    private int pings;
    private boolean writable = true;
    private Session session;
    private int room = Integer.MAX_VALUE;
    private boolean broken;
    private int closeCode;
    private String closeReason;
    private int flushes;
    private int deflatedFrames;
    private long controlBytesWhileFull;

    /** A client that did not negotiate compression. */
    public FakeOutput() {
        this(false);
    }

    /** A client that takes deflated frames, or not. */
    public FakeOutput(boolean deflate) {
        this.deflate = deflate;
    }

    /** Shows every frame of every output of this process to somebody, who throws at one that may not be. Any thread. */
    public static void showTo(Consumer<JsonObject> somebody) {
        witness = somebody;
    }

    /** Gets every frame when it is flushed. */
    public FakeOutput onFrame(Consumer<JsonObject> newListener) {
        listener = newListener;
        return this;
    }

    /** Told the code when the server closes. */
    public FakeOutput onClose(IntConsumer newListener) {
        onClose = newListener;
        return this;
    }

    /** Done in the middle of every write of an event, as if by another thread. */
    public FakeOutput whileWriting(Runnable work) {
        whileWriting = work;
        return this;
    }

    /** The socket takes no more from now on. */
    public FakeOutput fill() {
        writable = false;
        return this;
    }

    /** The socket takes so many event frames more, then it is full. */
    public FakeOutput fillAfter(int eventFrames) {
        writable = eventFrames > 0;
        room = eventFrames;
        return this;
    }

    /** The socket has room again, and says so. */
    public void drain(Session session) {
        writable = true;
        room = Integer.MAX_VALUE;
        session.onWritable();
    }

    /** The socket has room for so many event frames, and says so. */
    public void drain(Session session, int eventFrames) {
        fillAfter(eventFrames);
        session.onWritable();
    }

    /** Every write of an event throws from now on. */
    public FakeOutput breakDown() {
        broken = true;
        return this;
    }

    @Override
    public boolean isWritable() {
        return writable && closeCode == 0;
    }

    @Override
    public int writeEvents(EventFrame frame) {
        if (broken) {
            throw new IllegalStateException("simulated");
        }
        check(writable, "an event was written to a full queue");
        checkOpen();
        JsonObject json = FrameBytes.plain(frame);
        checkCursors(json);
        whileWriting.run();
        if (--room == 0) {
            writable = false;
        }
        unflushed.add(json);
        if (deflate && frame.deflated() != null) {
            check(FrameBytes.inflated(frame.deflated()).equals(json), "the deflated frame is another one");
            deflatedFrames++;
            return -frame.deflated().length;
        }
        return frame.jsonLength();
    }

    @Override
    public void writeControl(ControlFrame frame) {
        checkOpen();
        byte[] json = frame.json();
        if (!writable) {
            controlBytesWhileFull += json.length;
        }
        String text = new String(json, StandardCharsets.UTF_8);
        check(text.startsWith("{\"type\":\"" + frame.type() + "\""), "the type comes first");
        check(Arrays.equals(text.getBytes(StandardCharsets.UTF_8), json), "the frame is not UTF-8");
        unflushed.add(new JsonObject(text));
        checkCursors(new JsonObject(text));
    }

    @Override
    public void flush() {
        flushes++;
        List<JsonObject> written = List.copyOf(unflushed);
        unflushed.clear();
        frames.addAll(written);
        written.forEach(witness);
        written.forEach(listener);
    }

    @Override
    public void close(Closing closing) {
        checkOpen();
        if (isWritable()) {
            writeControl(closing.frame());
        }
        flush();
        closeCode = closing.reason().code();
        closeReason = closing.reason().wire();
        onClose.accept(closeCode);
    }

    @Override
    public void ping() {
        pings++;
        onPing.run();
    }

    /** The session that writes here; from now on its cursors are held against every frame. */
    FakeOutput of(Session writer) {
        session = writer;
        return this;
    }

    /** A client that keeps the vector after a frame has to resume right after that frame, on every transport. */
    private void checkCursors(JsonObject frame) {
        String type = frame.getString("type");
        if (session == null || !List.of("event", "gap", "subscribed").contains(type)) {
            return;
        }
        long seq = frame.getLong("gap".equals(type) ? "to" : "seq");
        long at = seq - frame.getLong("replayed", 0L);
        Cursor expected = Cursor.at(frame.getString("epoch"), at);
        Cursor actual = CursorVector.parse(session.cursors()).get(frame.getString("service"));
        check(expected.equals(actual), "the cursor is " + actual + " after " + frame);
    }

    /** The client's machine answers pings this way. */
    FakeOutput answerPings(Runnable answer) {
        onPing = answer;
        return this;
    }

    /** The client's machine is gone: from now on it answers nothing. */
    public FakeOutput vanish() {
        return answerPings(() -> {});
    }

    /** How many pings came. */
    public int pings() {
        return pings;
    }

    @Override
    public Transport transport() {
        return Transport.WEBSOCKET;
    }

    @Override
    public boolean takesDeflated() {
        return deflate;
    }

    private void checkOpen() {
        check(closeCode == 0, "written to after it was closed with " + closeCode);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** Every frame that was flushed. */
    public List<JsonObject> frames() {
        return frames;
    }

    /** The flushed frames of a type. */
    public List<JsonObject> frames(String type) {
        return frames.stream()
                .filter(frame -> type.equals(frame.getString("type")))
                .toList();
    }

    /** The only flushed frame of a type. */
    public JsonObject only(String type) {
        List<JsonObject> found = frames(type);
        check(found.size() == 1, "expected one frame of type " + type + " among " + frames);
        return found.get(0);
    }

    /** The types of all flushed frames, in order. */
    public List<String> types() {
        return frames.stream().map(frame -> frame.getString("type")).toList();
    }

    /** The seqs of all events that were flushed, in the order of delivery, of all services. */
    public List<Long> seqs() {
        List<Long> seqs = new ArrayList<>();
        for (JsonObject frame : frames("event")) {
            int size = frame.getJsonArray("events").size();
            for (int i = 1; i <= size; i++) {
                seqs.add(frame.getLong("seq") - size + i);
            }
        }
        return seqs;
    }

    /** Forgets the frames so far. */
    public void clear() {
        frames.clear();
    }

    /** The code it was closed with; 0 while it is open. */
    public int closeCode() {
        return closeCode;
    }

    /** The reason it was closed with. */
    public String closeReason() {
        return closeReason;
    }

    /** How often it was flushed. */
    public int flushes() {
        return flushes;
    }

    /** How many event frames went out deflated. */
    public int deflatedFrames() {
        return deflatedFrames;
    }

    /** How many bytes of small frames were written although the queue was full. */
    public long controlBytesWhileFull() {
        return controlBytesWhileFull;
    }
}
