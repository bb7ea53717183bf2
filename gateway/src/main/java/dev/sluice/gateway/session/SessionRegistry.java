// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.auth.Claims;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All sessions of the node, and how many each user and org has. Any thread. */
public final class SessionRegistry {

    private final SessionOptions options;
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> byOrg = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<User, Integer> byUser = new ConcurrentHashMap<>();

    private record User(String org, String subject) {}

    /** An empty registry with the limits of the options. */
    public SessionRegistry(SessionOptions options) {
        this.options = options;
    }

    /** Whether one more connection may be made. */
    public boolean hasRoom() {
        return connections.get() < options.maxSessions();
    }

    /** All sessions of now. */
    public Collection<Session> sessions() {
        return List.copyOf(sessions);
    }

    /** How many there are. */
    public int size() {
        return sessions.size();
    }

    void opened(Session session) {
        sessions.add(session);
        connections.incrementAndGet();
    }

    void closed(Session session) {
        if (sessions.remove(session)) {
            connections.decrementAndGet();
        }
    }

    /**
     * Counts the session for its user and org.
     *
     * @return whose limit is reached, in words for the client; empty when it was counted
     */
    Optional<String> admit(Claims claims) {
        String org = claims.org().orElseThrow();
        if (!take(byOrg, org, options.maxConnectionsPerOrg())) {
            return Optional.of(
                    "the org has " + options.maxConnectionsPerOrg() + " connections to this node, the limit");
        }
        if (claims.subject().isPresent()
                && !take(byUser, new User(org, claims.subject().get()), options.maxConnectionsPerUser())) {
            release(byOrg, org);
            return Optional.of(
                    "the user has " + options.maxConnectionsPerUser() + " connections to this node, the limit");
        }
        return Optional.empty();
    }

    /** Takes back what {@link #admit} counted. */
    void release(Claims claims) {
        String org = claims.org().orElseThrow();
        release(byOrg, org);
        claims.subject().ifPresent(subject -> release(byUser, new User(org, subject)));
    }

    private static <K> boolean take(ConcurrentHashMap<K, Integer> counts, K key, int limit) {
        boolean[] taken = new boolean[1];
        counts.compute(key, (same, count) -> {
            int now = count == null ? 0 : count;
            taken[0] = now < limit;
            return taken[0] ? (Integer) (now + 1) : count;
        });
        return taken[0];
    }

    private static <K> void release(ConcurrentHashMap<K, Integer> counts, K key) {
        counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }
}
