// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A history that a correct cluster could have produced: publishes that fail and are retried, subscribers that roam, gaps, new epochs. */
final class RandomHistory {

    static final String SOURCE = "/shop";
    private static final List<String> SERVICES = List.of("finance", "staff");

    private final Random random;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<StreamKey, Log> logs = new LinkedHashMap<>();
    private final List<Reader> readers = new ArrayList<>();
    private long clock;
    private int ids;

    private RandomHistory(long seed) {
        random = new Random(seed);
        for (String org : List.of("acme", "globex")) {
            for (String service : SERVICES) {
                logs.put(new StreamKey(org, service), new Log(1));
            }
            for (int i = 0; i < 3; i++) {
                readers.add(new Reader(org + "-reader-" + i, org));
            }
        }
    }

    /** One history of so many steps, always the same for the same seed. */
    static List<Entry> of(long seed, int steps, boolean withLoss) {
        RandomHistory history = new RandomHistory(seed);
        for (int i = 0; i < steps; i++) {
            history.step(withLoss);
        }
        history.end();
        return history.entries;
    }

    private void step(boolean withLoss) {
        Reader reader = readers.get(random.nextInt(readers.size()));
        int dice = random.nextInt(100);
        if (dice < 45) {
            publish();
        } else if (dice < 85) {
            reader.read(random.nextInt(6));
        } else if (dice < 96) {
            reader.roam();
        } else if (withLoss && dice < 98) {
            reader.gap();
        } else if (withLoss && dice == 99 && random.nextInt(4) == 0) {
            newEpoch(anyStream());
        }
    }

    private void end() {
        readers.forEach(reader -> {
            if (!reader.open) {
                reader.connect();
            }
            reader.read(Integer.MAX_VALUE);
        });
        entries.add(new Entry.Ended(tick()));
    }

    private long tick() {
        clock += random.nextInt(3);
        return clock;
    }

    private StreamKey anyStream() {
        return List.copyOf(logs.keySet()).get(random.nextInt(logs.size()));
    }

    private void publish() {
        StreamKey stream = anyStream();
        String id = "id-" + ids++;
        Log log = logs.get(stream);
        attempted(stream, id);
        int dice = random.nextInt(10);
        if (dice == 0) {
            entries.add(new Entry.Refused(tick(), "publisher", stream.org(), stream.service(), SOURCE, id, "too many"));
            return;
        }
        boolean first = dice > 1 || random.nextBoolean();
        if (first) {
            log.ids.add(id);
        }
        if (dice < 3) {
            entries.add(new Entry.Unknown(tick(), "publisher", stream.org(), stream.service(), SOURCE, id, "timeout"));
            if (random.nextBoolean()) {
                return;
            }
            attempted(stream, id);
            if (!first) {
                log.ids.add(id);
            }
        }
        if (random.nextBoolean()) {
            readers.forEach(reader -> reader.read(1));
        }
        entries.add(new Entry.Acknowledged(
                tick(),
                "publisher",
                stream.org(),
                stream.service(),
                SOURCE,
                id,
                log.epoch,
                log.ids.size(),
                dice < 3 && first));
    }

    private void attempted(StreamKey stream, String id) {
        entries.add(new Entry.Attempted(tick(), "publisher", stream.org(), stream.service(), SOURCE, id));
    }

    private void newEpoch(StreamKey stream) {
        Log old = logs.get(stream);
        Log log = new Log(old.number + 1);
        logs.put(stream, log);
        for (Reader reader : readers) {
            if (reader.open && reader.org.equals(stream.org())) {
                reader.moveTo(stream.service(), log);
            }
        }
    }

    private static final class Log {
        private final int number;
        private final String epoch;
        private final List<String> ids = new ArrayList<>();

        Log(int number) {
            this.number = number;
            this.epoch = "e" + number;
        }

        Position head() {
            return new Position(epoch, ids.size());
        }
    }

    private final class Reader {
        private final String name;
        private final String org;
        private final Map<String, Position> cursors = new LinkedHashMap<>();
        private long connection;
        private boolean open;

        Reader(String name, String org) {
            this.name = name;
            this.org = org;
        }

        Log log(String service) {
            return logs.get(new StreamKey(org, service));
        }

        void roam() {
            if (open) {
                open = false;
                int code = List.of(0, 1006, 4005).get(random.nextInt(3));
                entries.add(new Entry.Closed(tick(), name, connection, code));
            } else {
                connect();
            }
        }

        void connect() {
            connection++;
            open = true;
            entries.add(new Entry.Connected(tick(), name, connection, "node-" + random.nextInt(3), org));
            for (String service : SERVICES) {
                Position cursor = cursors.get(service);
                Position head = log(service).head();
                boolean same = cursor != null && cursor.epoch().equals(head.epoch());
                entries.add(new Entry.Subscribed(
                        tick(),
                        name,
                        connection,
                        service,
                        cursor,
                        head.epoch(),
                        head.seq(),
                        cursor == null ? null : same,
                        cursor == null || same ? null : "epoch_changed",
                        same ? head.seq() - cursor.seq() : null));
                if (!same) {
                    cursors.put(service, head);
                }
            }
        }

        void read(int most) {
            if (!open) {
                return;
            }
            for (String service : SERVICES) {
                Log log = log(service);
                long from = cursors.get(service).seq();
                for (long seq = from + 1; seq <= log.ids.size() && seq - from <= most; seq++) {
                    String id = log.ids.get((int) seq - 1);
                    String carried = random.nextBoolean() ? org : null;
                    entries.add(new Entry.Delivered(
                            tick(), name, connection, service, log.epoch, seq, SOURCE, id, carried));
                    cursors.put(service, new Position(log.epoch, seq));
                }
            }
        }

        void gap() {
            String service = SERVICES.get(random.nextInt(SERVICES.size()));
            if (open && cursors.get(service).seq() < log(service).ids.size()) {
                long from = cursors.get(service).seq() + 1;
                long to = from + random.nextInt((int) (log(service).ids.size() - from + 1));
                entries.add(new Entry.Gap(tick(), name, connection, service, log(service).epoch, from, to, "expired"));
                cursors.put(service, new Position(log(service).epoch, to));
            }
        }

        void moveTo(String service, Log log) {
            long from = cursors.get(service).seq() + 1;
            entries.add(new Entry.Gap(tick(), name, connection, service, log.epoch, from, 0, "epoch_changed"));
            cursors.put(service, log.head());
        }
    }
}
