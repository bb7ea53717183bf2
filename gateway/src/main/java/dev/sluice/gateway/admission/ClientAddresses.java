// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * From where a client comes, for counting. {@code X-Forwarded-For} is read from the right, as far as those are trusted who added to
 * it: what is further left anybody can have written. Immutable.
 */
public final class ClientAddresses {

    private static final String FORWARDED_FOR = "X-Forwarded-For";

    /** Whoever has one IPv6 address has a whole block of this size. */
    private static final int IPV6_BITS = 64;

    /** More proxies in a row there are not; a longer header costs no more. */
    private static final int MAX_HOPS = 16;

    private final List<AddressBlock> proxies;

    /** Believes the given proxies, each an address or CIDR block. */
    public ClientAddresses(List<String> trustedProxies) {
        this.proxies = trustedProxies.stream()
                .map(proxy -> AddressBlock.parse(proxy).orElseThrow())
                .toList();
    }

    /**
     * The client's address, of an IPv6 address its /64 network.
     *
     * @return empty when it is of this machine, so of a proxy beside us that nobody configured: to count that one as a client would
     *     lock all out
     */
    public Optional<String> of(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        if (peer == null || peer.hostAddress() == null) {
            return Optional.empty();
        }
        return of(peer.hostAddress(), request.headers().getAll(FORWARDED_FOR));
    }

    /** The client's whole address, of this machine or not; to be written down. Empty when the connection is gone. */
    public String exact(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        if (peer == null || peer.hostAddress() == null) {
            return "";
        }
        return client(peer.hostAddress(), request.headers().getAll(FORWARDED_FOR))
                .map(InetAddress::getHostAddress)
                .orElse("");
    }

    Optional<String> of(String peer, List<String> forwardedFor) {
        return client(peer, forwardedFor)
                .filter(address -> !address.isLoopbackAddress())
                .map(ClientAddresses::network);
    }

    private Optional<InetAddress> client(String peer, List<String> forwardedFor) {
        Optional<InetAddress> client = AddressBlock.literal(peer.split("%", 2)[0]);
        String[] hops = String.join(",", forwardedFor).split(",", -1);
        for (int hop = hops.length - 1; hop >= Math.max(0, hops.length - MAX_HOPS); hop--) {
            if (client.isEmpty() || !isTrusted(client.get())) {
                break;
            }
            Optional<InetAddress> before = AddressBlock.literal(hops[hop].strip());
            if (before.isEmpty()) {
                break;
            }
            client = before;
        }
        return client;
    }

    private boolean isTrusted(InetAddress address) {
        return proxies.stream().anyMatch(block -> block.contains(address));
    }

    private static String network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = Arrays.copyOf(Arrays.copyOf(address.getAddress(), IPV6_BITS / Byte.SIZE), 16);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/" + IPV6_BITS;
        } catch (UnknownHostException e) {
            throw new AssertionError("sixteen bytes are an address", e);
        }
    }
}
