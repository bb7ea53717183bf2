// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.session.SessionOptions;
import java.time.Duration;

/** Session options that differ from the defaults in what a test is about. */
public final class SessionLimits {

    private final SessionOptions d = SessionOptions.defaults();
    private Duration heartbeat = d.heartbeat();
    private Duration closeTimeout = d.closeTimeout();
    private int maxLag = d.maxLag();
    private int slowSamples = d.slowSamples();
    private Duration tokenWarning = d.tokenWarning();
    private int maxSubscriptions = d.maxSubscriptions();
    private int messagesPerSecond = d.messagesPerSecond();
    private int messageBurst = d.messageBurst();
    private int perUser = d.maxConnectionsPerUser();
    private int perOrg = d.maxConnectionsPerOrg();
    private int maxSessions = d.maxSessions();

    /** Of {@link SessionOptions#maxLag()} and {@link SessionOptions#slowSamples()}. */
    public SessionLimits slow(int lag, int samples) {
        maxLag = lag;
        slowSamples = samples;
        return this;
    }

    /** Of {@link SessionOptions#heartbeat()} and {@link SessionOptions#closeTimeout()}. */
    public SessionLimits times(Duration newHeartbeat, Duration newCloseTimeout) {
        heartbeat = newHeartbeat;
        closeTimeout = newCloseTimeout;
        return this;
    }

    /** Of {@link SessionOptions#tokenWarning()}. */
    public SessionLimits tokenWarning(Duration before) {
        tokenWarning = before;
        return this;
    }

    /** Of {@link SessionOptions#maxSubscriptions()}. */
    public SessionLimits subscriptions(int most) {
        maxSubscriptions = most;
        return this;
    }

    /** Of {@link SessionOptions#messagesPerSecond()} and {@link SessionOptions#messageBurst()}. */
    public SessionLimits messages(int perSecond, int burst) {
        messagesPerSecond = perSecond;
        messageBurst = burst;
        return this;
    }

    /** Of connections per user, per org, and in all. */
    public SessionLimits connections(int user, int org, int all) {
        perUser = user;
        perOrg = org;
        maxSessions = all;
        return this;
    }

    /** The options. */
    public SessionOptions options() {
        return new SessionOptions(
                d.handshakeTimeout(),
                heartbeat,
                maxLag,
                slowSamples,
                tokenWarning,
                maxSubscriptions,
                d.maxMessageBytes(),
                messagesPerSecond,
                messageBurst,
                d.writeBufferBytes(),
                d.sendBufferBytes(),
                closeTimeout,
                perUser,
                d.maxPollsPerUser(),
                perOrg,
                d.maxConnectionsPerAddress(),
                maxSessions);
    }
}
