// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTraceTest {

    private static final TraceContext START = TraceContext.parse(
                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .orElseThrow();
    private static final String REST =
            "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"org\":\"acme\",\"service\":\"finance\","
                    + "\"data\":{\"traceparent\":\"of no interest\"}}";

    private static Event parse(String json) {
        return EventParser.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(Event event) {
        return new String(event.json(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellTheAttributeAndNotWhatTheDataSay() {
        assertThat(parse("{" + REST).traceparent()).isEmpty();
        assertThat(parse("{\"traceparent\":\"" + START + "\"," + REST).traceparent())
                .hasValue(START.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", " \n\t{", "{ "})
    void shouldCarryATraceAsAnAttributeAndBeTheSameEventOtherwise(String beginning) {
        Event event = parse(beginning + REST);

        Event carrying = event.carrying(START);

        Event read = EventParser.parse(carrying.json());
        assertThat(read.traceparent()).hasValue(START.toString());
        assertThat(json(carrying)).endsWith(REST);
        assertThat(carrying.eventId()).isEqualTo(event.eventId());
        assertThat(carrying.traceparent()).hasValue(START.toString());
        assertThat(carrying.json().length).isLessThanOrEqualTo(event.json().length + Event.CARRYING_BYTES);
    }

    @Test
    void shouldKeepTheTraceThatItHas() {
        Event event = parse("{\"traceparent\":\"00-1\"," + REST);

        assertThat(event.carrying(START)).isSameAs(event);
    }

    @Test
    void shouldGoWithoutWhenItWouldBeTooLarge() {
        int room = EventParser.MAX_EVENT_BYTES - Event.CARRYING_BYTES - REST.length() - 1;

        assertThat(parse("{" + " ".repeat(room) + REST).carrying(START).json())
                .hasSizeLessThanOrEqualTo(EventParser.MAX_EVENT_BYTES)
                .hasSizeGreaterThan(EventParser.MAX_EVENT_BYTES - 10);
        Event large = parse("{" + " ".repeat(room + 1) + REST);
        assertThat(large.carrying(START)).isSameAs(large);
    }
}
