// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.Cursor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryHandshakeTest {

    @Test
    void shouldReadAllParameters() throws ClientMessageException {
        QueryHandshake query =
                new QueryHandshake("finance,staff,mail", Optional.of("finance=e1:12,staff=earliest"), Optional.of("7"));
        assertThat(query.toMessage())
                .isEqualTo(new ClientMessage.Handshake(
                        Optional.empty(),
                        List.of("finance", "staff", "mail"),
                        Map.of(
                                "finance",
                                Cursor.at("e1", 12),
                                "staff",
                                Cursor.EARLIEST,
                                "mail",
                                new Cursor.InCurrentEpoch(7))));
    }

    @Test
    void shouldWantEachServiceOnceWhenOnlyServicesAreGiven() throws ClientMessageException {
        assertThat(new QueryHandshake("a,b,a", Optional.empty(), Optional.empty()).toMessage())
                .isEqualTo(new ClientMessage.Handshake(Optional.empty(), List.of("a", "b"), Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "'' | - | -",
                "a,,b | - | -",
                "A | - | -",
                "a | a | -",
                "a | a=e1 | -",
                "a | a=e1:x | -",
                "a | a=e1:1,a=e1:2 | -",
                "a | - | x",
                "a | - | -1",
                "a | - | 9007199254740992",
                "a | - | ''"
            })
    void shouldRefuseWhatItCannotRead(String services, String cursor, String lastSeq) {
        QueryHandshake query = new QueryHandshake(services, Optional.ofNullable(cursor), Optional.ofNullable(lastSeq));
        assertThatThrownBy(query::toMessage)
                .isInstanceOfSatisfying(ClientMessageException.class, e -> assertThat(e.isMalformed())
                        .isFalse());
    }
}
