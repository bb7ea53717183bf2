// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.census.Census;
import dev.sluice.gateway.census.ClusterCounts;
import dev.sluice.gateway.census.Quota;
import dev.sluice.stream.auth.Claims;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All sessions of the node, and who may have one more. Thread-safe. */
public final class SessionRegistry {

    private volatile SessionOptions options;
    private final Census census;
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger authenticated = new AtomicInteger();

    /** An empty registry with the limits of the options, for a cluster of one. */
    public SessionRegistry(SessionOptions options) {
        this(options, new Census(ClusterCounts.alone(), () -> {}));
    }

    /** An empty registry with the limits of the options, which hold for all that the census counts. */
    public SessionRegistry(SessionOptions options, Census census) {
        this.options = options;
        this.census = census;
    }

    /** The options of now. */
    SessionOptions options() {
        return options;
    }

    /** Holds sessions against other options from now on; none that is open is closed for that. */
    public void change(SessionOptions next) {
        options = next;
    }

    /** Whether one more connection may be made. */
    public boolean hasRoom() {
        return connections.get() < options.maxSessions();
    }

    /** Whether this node could take one more from an address. */
    public boolean hasRoom(String address) {
        return census.hasRoom(quota(address));
    }

    /** How many have not been let in yet. */
    public int unauthenticated() {
        return connections.get() - authenticated.get();
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
        session.address().ifPresent(address -> census.add(quota(address)));
    }

    void closed(Session session) {
        if (sessions.remove(session)) {
            connections.decrementAndGet();
            session.address().ifPresent(address -> census.release(List.of(quota(address))));
        }
    }

    /**
     * Counts a session for its user and org, and holds their and its address's connections against the limits of the cluster. To be
     * {@link #release released} if it was counted.
     *
     * @return whose limit is reached, in words for the client; empty when it was counted. Never fails
     */
    Future<Optional<String>> admit(Claims claims, Optional<String> address, Transport transport) {
        List<Quota> counted = address.map(this::quota).stream().toList();
        return census.admit(quotas(claims, transport), counted).map(full -> {
            if (full.isEmpty()) {
                authenticated.incrementAndGet();
            }
            return full.map(quota -> quota.owner() + " has as many connections as it may have, " + quota.most());
        });
    }

    /** Takes back what {@link #admit} counted. */
    void release(Claims claims, Transport transport) {
        authenticated.decrementAndGet();
        census.release(quotas(claims, transport));
    }

    private List<Quota> quotas(Claims claims, Transport transport) {
        String org = claims.org().orElseThrow();
        List<Quota> quotas = new ArrayList<>();
        claims.subject().ifPresent(user -> {
            quotas.add(Quota.user(org, user, options.maxConnectionsPerUser()));
            if (transport == Transport.POLL) {
                quotas.add(Quota.polls(org, user, options.maxPollsPerUser()));
            }
        });
        quotas.add(Quota.org(org, options.maxConnectionsPerOrg()));
        return quotas;
    }

    private Quota quota(String address) {
        return Quota.address(address, options.maxConnectionsPerAddress());
    }
}
