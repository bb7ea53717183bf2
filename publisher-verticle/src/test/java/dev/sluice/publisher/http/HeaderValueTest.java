// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderValueTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "plain, plain",
                "'  around  ', around",
                "Euro%20%E2%82%AC%20%F0%9F%98%80, Euro € 😀",
                "%e2%82%ac, €",
                "a%2520b, a%20b",
                "a+b, a+b",
                "'\"in quotes\"', in quotes",
                "'\"a \\\" b \\\\ c\"', 'a \" b \\ c'",
                "'\"%22\"', '\"'",
                "'\"', '\"'",
                "'\"half', '\"half'",
                "'\"\"', ''",
            })
    void shouldTakeOffQuotesAndThenPercentEncoding(String header, String value) {
        assertThat(HeaderValue.decode(header)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "50%",
                "%",
                "%2",
                "%zz",
                "%2g",
                "%+1",
                "%E2%82",
                "%FF",
                "%C0%80",
                "Zo\u00eb",
                "a\u0001b",
                "a\u007f"
            })
    void shouldRefuseWhatIsNotEncodedRightly(String header) {
        assertThatIllegalArgumentException().isThrownBy(() -> HeaderValue.decode(header));
    }

    @Property
    void shouldReadWhatAnEncoderWrote(@ForAll String value) {
        String sound = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        String encoded = URLEncoder.encode(sound, StandardCharsets.UTF_8).replace("+", "%20");

        assertThat(HeaderValue.decode(encoded)).isEqualTo(sound);
    }
}
