// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7692 section 7.1: which offers are taken, and how they are answered. */
class DeflateOfferTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permessage-deflate|permessage-deflate",
                "PerMessage-Deflate|permessage-deflate",
                "permessage-deflate; client_max_window_bits|permessage-deflate",
                "permessage-deflate; client_max_window_bits=8|permessage-deflate",
                "permessage-deflate; client_max_window_bits=\"15\"|permessage-deflate",
                "permessage-deflate ; server_max_window_bits = 15|permessage-deflate; server_max_window_bits=15",
                "permessage-deflate;server_no_context_takeover|permessage-deflate; server_no_context_takeover",
                "permessage-deflate; client_no_context_takeover|permessage-deflate; client_no_context_takeover",
                "x-unknown, permessage-deflate|permessage-deflate",
                "permessage-deflate; server_max_window_bits=10, permessage-deflate|permessage-deflate",
                "permessage-deflate; nonsense, permessage-deflate; client_no_context_takeover"
                        + "|permessage-deflate; client_no_context_takeover",
                "permessage-deflate, permessage-deflate; client_no_context_takeover|permessage-deflate"
            })
    void shouldAnswerWhatWasAcceptedWhenOffered(String offer, String answer) {
        assertThat(DeflateOffer.firstAcceptable(List.of(offer)))
                .map(DeflateOffer::answer)
                .contains(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x-webkit-deflate-frame",
                "permessage-deflate; server_max_window_bits",
                "permessage-deflate; server_max_window_bits=8",
                "permessage-deflate; server_max_window_bits=9",
                "permessage-deflate; server_max_window_bits=10",
                "permessage-deflate; server_max_window_bits=11",
                "permessage-deflate; server_max_window_bits=12",
                "permessage-deflate; server_max_window_bits=13",
                "permessage-deflate; server_max_window_bits=14",
                "permessage-deflate; server_max_window_bits=16",
                "permessage-deflate; server_max_window_bits=015",
                "permessage-deflate; server_max_window_bits=ten",
                "permessage-deflate; client_max_window_bits=7",
                "permessage-deflate; client_max_window_bits=16",
                "permessage-deflate; client_max_window_bits=08",
                "permessage-deflate; client_max_window_bits=x",
                "permessage-deflate; client_no_context_takeover=1",
                "permessage-deflate; server_no_context_takeover=true",
                "permessage-deflate; client_max_window_bits; client_max_window_bits",
                "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
                "permessage-deflate; unknown",
                "permessage-deflate; unknown=1",
                "permessage-deflate; =15",
                "permessage-deflate; client_max_window_bits=\"15",
                "permessage-deflate client_max_window_bits",
                ";",
                ", permessage-deflate"
            })
    void shouldDeclineWhenTheOfferCannotBeKept(String offer) {
        assertThat(DeflateOffer.firstAcceptable(List.of(offer))).isEmpty();
    }

    @Test
    void shouldReadOffersOfSeveralLinesAsOneList() {
        assertThat(DeflateOffer.firstAcceptable(List.of("a; b=c", "permessage-deflate; server_no_context_takeover")))
                .map(DeflateOffer::answer)
                .contains("permessage-deflate; server_no_context_takeover");
    }

    @Test
    void shouldLetTheClientKeepItsContextOnlyWhenItDidNotRenounceIt() {
        assertThat(DeflateOffer.firstAcceptable(List.of("permessage-deflate")))
                .map(DeflateOffer::clientKeepsContext)
                .contains(true);
        assertThat(DeflateOffer.firstAcceptable(List.of("permessage-deflate; client_no_context_takeover")))
                .map(DeflateOffer::clientKeepsContext)
                .contains(false);
    }
}
