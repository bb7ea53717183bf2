// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.log.Action.Asking;
import dev.sluice.stream.log.Action.Committing;
import dev.sluice.stream.log.Action.Publishing;
import dev.sluice.stream.log.Action.Reading;
import dev.sluice.stream.log.Action.Sweeping;
import dev.sluice.stream.log.Action.Waiting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Plays actions on a primary and hands the answers and deltas to whoever checks them. */
final class Simulation {

    /** Whoever checks. */
    interface Observer {

        /** A commit was run, perhaps again. */
        default void committed(CommitRequest request, ShardState.Committed outcome) {}

        /** A read was run. */
        default void read(ReadRequest request, ShardState.Read outcome) {}

        /** It was asked what changed. */
        default void asked(ShardChanges changes, ShardDelta delta) {}

        /** A sweep was run. */
        default void swept() {}

        /** The primary was serialised and read again. */
        default void migrated() {}
    }

    private Replica primary;
    private Observer observer;
    /** The commits of each publisher, in the order of their numbers. */
    private final Map<UUID, List<CommitRequest>> sentBy = new HashMap<>();

    Simulation(Replica primary, Observer observer) {
        this.primary = primary;
        this.observer = observer;
    }

    /** The primary is lost; publishers go on with another one. */
    void promote(Replica backup, Observer newObserver) {
        backup.now = primary.now;
        primary = backup;
        observer = newObserver;
    }

    void run(List<Action> actions) {
        actions.forEach(this::run);
    }

    private void run(Action action) {
        if (action instanceof Committing commit) {
            commit(commit);
        } else if (action instanceof Reading reading) {
            ReadRequest request = reading.request();
            observer.read(request, primary.state.read(request, primary.now, primary.limits, primary.random));
        } else if (action instanceof Asking) {
            observer.asked(primary.state.changes(ShardVersion.NONE), primary.state.versionDelta());
        } else if (action instanceof Waiting waiting) {
            primary.now += waiting.millis();
        } else if (action instanceof Sweeping) {
            primary.sweep();
            observer.swept();
        } else {
            primary.state = primary.migrated();
            observer.migrated();
        }
    }

    private void commit(Committing action) {
        List<CommitRequest> sent = sentBy.computeIfAbsent(action.uuid(), uuid -> new ArrayList<>());
        CommitRequest request;
        if (action.back() == 0 || action.back() > sent.size()) {
            List<CommitEntry> entries =
                    action.events().stream().map(Publishing::entry).toList();
            request = new CommitRequest(action.uuid(), sent.size() + 1, entries);
            sent.add(request);
        } else {
            request = sent.get(sent.size() - action.back());
        }
        observer.committed(request, primary.commit(request.publisher(), request.number(), request.entries()));
    }
}
