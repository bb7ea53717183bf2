// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IP address, or those that begin with the same bits (RFC 4632, RFC 4291). Never asks a name server: what is no literal is none.
 *
 * @param bits how many bits count
 */
record AddressBlock(InetAddress address, int bits) {

    /** Of the longest, an IPv6 address with an IPv4 tail. */
    private static final int MAX_LITERAL = 45;

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** An address, or {@code address/bits}. */
    static Optional<AddressBlock> parse(String text) {
        int slash = text.indexOf('/');
        Optional<InetAddress> address = literal(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        int all = address.get().getAddress().length * Byte.SIZE;
        int bits = slash < 0 ? all : number(text.substring(slash + 1));
        return bits < 0 || bits > all ? Optional.empty() : Optional.of(new AddressBlock(address.get(), bits));
    }

    /** The address that the text is; empty when it is none. */
    static Optional<InetAddress> literal(String text) {
        if (text.length() > MAX_LITERAL
                || !(IPV4.matcher(text).matches() || IPV6.matcher(text).matches())) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static int number(String text) {
        return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
    }

    boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if ((mine[bit / Byte.SIZE] & mask) != (theirs[bit / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }
}
