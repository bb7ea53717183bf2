// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            GET /v2/realtime/stream?access_token=abc.def&services=a | GET /v2/realtime/stream?access_token=(redacted)&services=a
            /x?a=1&ACCESS_TOKEN=abc                                 | /x?a=1&ACCESS_TOKEN=(redacted)
            "url":"/x?access_token=abc"                             | "url":"/x?access_token=(redacted)"
            Authorization: Bearer abcdefgh123=                      | Authorization: Bearer (redacted)
            bad token eyJhbGciOiJIUzI1NiJ9.eyJvcmciOiI0MiJ9.c2ln, sorry | bad token (redacted), sorry
            unsigned eyJhbGciOiJub25lIn0.eyJvcmciOiI0MiJ9.          | unsigned (redacted)
            """)
    void shouldTakeTokensOut(String text, String clean) {
        assertThat(Redaction.redact(text)).isEqualTo(clean);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "joined the cluster",
                "www-authenticate: Bearer",
                "the access_token= parameter",
                "a bearer of news",
                "eyJ is how they begin"
            })
    void shouldLeaveTheRestAlone(String text) {
        assertThat(Redaction.redact(text)).isEqualTo(text);
    }
}
