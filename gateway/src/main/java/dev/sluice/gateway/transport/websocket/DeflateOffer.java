// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An offer of permessage-deflate that was accepted (RFC 7692 section 7.1). Ours, not Netty's, because our frames are deflated once for
 * everybody with the full window: an offer of a smaller {@code server_max_window_bits} must be declined. Also, a parameter
 * that is unknown, given twice or out of bounds declines the offer that has it, and the next one is looked at.
 *
 * @param answer the {@code Sec-WebSocket-Extensions} header of the response
 * @param clientKeepsContext whether the client's messages may refer to its earlier ones
 */
record DeflateOffer(String answer, boolean clientKeepsContext) {

    private static final String EXTENSION = "permessage-deflate";
    private static final String SERVER_NO_CONTEXT = "server_no_context_takeover";
    private static final String CLIENT_NO_CONTEXT = "client_no_context_takeover";
    private static final String SERVER_WINDOW = "server_max_window_bits";
    private static final String CLIENT_WINDOW = "client_max_window_bits";
    private static final String FULL_WINDOW = "15";

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    /** {@code ; name}, {@code ; name=token} or {@code ; name="token"}: a quoted value must be a token, too (RFC 6455 section 9.1). */
    private static final Pattern PARAMETER = Pattern.compile(
            "\\s*+;\\s*+(" + TOKEN + "+)(?:\\s*+=\\s*+(?:(" + TOKEN + "+)|\"(" + TOKEN + "+)\"))?+\\s*+");

    private static final Pattern NAME = Pattern.compile("\\s*+(" + TOKEN + "+)\\s*+");
    private static final Pattern WINDOW_BITS = Pattern.compile("[89]|1[0-5]");

    /** The first offer that can be accepted; empty when there is none, or the header is no list of extensions. */
    static Optional<DeflateOffer> firstAcceptable(List<String> headers) {
        String offers = String.join(",", headers);
        Optional<DeflateOffer> accepted = Optional.empty();
        int at = 0;
        while (at < offers.length()) {
            Matcher name = NAME.matcher(offers).region(at, offers.length());
            if (!name.lookingAt()) {
                return Optional.empty();
            }
            at = name.end();
            Map<String, String> parameters = new LinkedHashMap<>();
            boolean twice = false;
            Matcher parameter = PARAMETER.matcher(offers).region(at, offers.length());
            while (parameter.lookingAt()) {
                String value = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
                String key = parameter.group(1).toLowerCase(Locale.ROOT);
                twice |= parameters.put(key, value == null ? "" : value) != null;
                at = parameter.end();
                parameter.region(at, offers.length());
            }
            if (accepted.isEmpty() && !twice && EXTENSION.equalsIgnoreCase(name.group(1))) {
                accepted = accept(parameters);
            }
            if (at < offers.length() && offers.charAt(at++) != ',') {
                return Optional.empty();
            }
        }
        return accepted;
    }

    private static Optional<DeflateOffer> accept(Map<String, String> parameters) {
        StringBuilder answer = new StringBuilder(EXTENSION);
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String name = parameter.getKey();
            String value = parameter.getValue();
            switch (name) {
                case SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT -> {
                    if (!value.isEmpty()) {
                        return Optional.empty();
                    }
                    answer.append("; ").append(name);
                }
                case SERVER_WINDOW -> {
                    if (!FULL_WINDOW.equals(value)) {
                        return Optional.empty();
                    }
                    answer.append("; ").append(name).append('=').append(value);
                }
                case CLIENT_WINDOW -> {
                    // We inflate with the full window, so there is nothing to ask for in the answer.
                    if (!value.isEmpty() && !WINDOW_BITS.matcher(value).matches()) {
                        return Optional.empty();
                    }
                }
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new DeflateOffer(answer.toString(), !parameters.containsKey(CLIENT_NO_CONTEXT)));
    }
}
