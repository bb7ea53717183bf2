// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 12h}, {@code 1d}; ISO-8601 is read, too. */
public final class Durations {

    private static final Pattern SHORT = Pattern.compile("(\\d{1,19})(ms|s|m|h|d)");

    private static final Duration LONGEST = Duration.ofMillis(Long.MAX_VALUE);

    /** Milliseconds by unit, from the smallest to the largest. */
    private static final Map<String, Long> UNITS = units();

    private Durations() {}

    /**
     * Reads either form.
     *
     * @throws IllegalArgumentException if the text is neither, or too long to count in milliseconds
     */
    public static Duration parse(String text) {
        Matcher matcher = SHORT.matcher(text);
        try {
            if (matcher.matches()) {
                long count = Long.parseLong(matcher.group(1));
                return Duration.ofMillis(Math.multiplyExact(UNITS.get(matcher.group(2)), count));
            }
            Duration duration = Duration.parse(text);
            if (duration.abs().compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("too long: " + text);
            }
            return duration;
        } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("not a duration: " + text, e);
        }
    }

    /** The short form with the largest unit that needs no fraction; ISO-8601 when a millisecond is too coarse. */
    public static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        String text = duration.toString();
        if (!duration.isNegative() && duration.truncatedTo(ChronoUnit.MILLIS).equals(duration)) {
            long millis = duration.toMillis();
            for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
                if (millis % unit.getValue() == 0) {
                    text = millis / unit.getValue() + unit.getKey();
                }
            }
        }
        return text;
    }

    private static Map<String, Long> units() {
        Map<String, Long> units = new LinkedHashMap<>();
        units.put("ms", 1L);
        units.put("s", 1_000L);
        units.put("m", 60_000L);
        units.put("h", 3_600_000L);
        units.put("d", 86_400_000L);
        return units;
    }
}
