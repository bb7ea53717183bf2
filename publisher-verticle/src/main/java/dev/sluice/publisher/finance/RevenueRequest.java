// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * What a client asks for.
 *
 * @param revenue what came in
 * @param org whose it is, if the client says so
 */
record RevenueRequest(Revenue revenue, Optional<String> org) {

    /** The most bytes of a request. */
    static final int MAX_BYTES = 16 << 10;

    private static final Set<String> FIELDS = Set.of("amount", "currency", "customer", "org");
    private static final int MAX_AMOUNT_LENGTH = 40;

    /** Money never passes through a double. */
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    /**
     * Reads and checks a request.
     *
     * @throws InvalidFieldException naming the field that is wrong
     */
    static RevenueRequest parse(byte[] body) {
        JsonNode json = json(body);
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw new InvalidFieldException(name, "is not a field of a revenue");
            }
        }
        String currency = text(json, "currency")
                .orElseThrow(() -> new InvalidFieldException("currency", "is required, for example \"EUR\""));
        return new RevenueRequest(
                Revenue.of(amount(json.path("amount")), currency, text(json, "customer")), text(json, "org"));
    }

    private static JsonNode json(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            JsonNode json = JSON.readTree(text);
            if (json.isObject()) {
                return json;
            }
        } catch (StreamConstraintsException | NumberFormatException e) {
            // These know no place. The latter is of numbers such as 1e99999999999, whose exponent does not fit.
            throw new InvalidFieldException("body", "is nested too deep, or a number or name is too long");
        } catch (JsonProcessingException e) {
            // Its message would tell which classes of which library read it.
            JsonLocation where = e.getLocation();
            throw new InvalidFieldException(
                    "body",
                    "is not one valid JSON object: see line " + where.getLineNr() + ", column " + where.getColumnNr());
        } catch (CharacterCodingException e) {
            throw new InvalidFieldException("body", "is not valid UTF-8");
        }
        throw new InvalidFieldException("body", "must be a JSON object");
    }

    /** As text, which every client can write exactly, or as a number. */
    private static BigDecimal amount(JsonNode amount) {
        if (amount.isNumber()) {
            return amount.decimalValue();
        }
        if (amount.isTextual() && amount.textValue().length() <= MAX_AMOUNT_LENGTH) {
            try {
                return new BigDecimal(amount.textValue());
            } catch (NumberFormatException e) {
                throw noAmount();
            }
        }
        throw noAmount();
    }

    private static InvalidFieldException noAmount() {
        return new InvalidFieldException("amount", "is required, as a number or as text such as \"1234.50\"");
    }

    private static Optional<String> text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new InvalidFieldException(name, "must be text");
        }
        return Optional.of(value.textValue());
    }
}
