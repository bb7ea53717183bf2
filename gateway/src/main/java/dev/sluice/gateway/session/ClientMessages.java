// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.Cursor;
import dev.sluice.stream.ForeignText;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads client messages. Unknown fields are passed over, so that newer clients can talk to older nodes. */
final class ClientMessages {

    private static final int MAX_ECHO_LENGTH = 64;
    private static final int MAX_QUOTED_LENGTH = 40;

    private ClientMessages() {}

    static ClientMessage parse(String text) throws ClientMessageException {
        JsonObject message = object(text);
        Object type = message.getValue("type");
        if (!(type instanceof String name)) {
            throw ClientMessageException.notUnderstood("every message needs a 'type', a string");
        }
        return switch (name) {
            case "handshake" -> handshake(message);
            case "subscribe" -> new ClientMessage.Subscribe(services(message, true), cursors(message));
            case "unsubscribe" -> new ClientMessage.Unsubscribe(services(message, true));
            case "refresh" -> new ClientMessage.Refresh(requiredToken(message));
            case "position" -> new ClientMessage.Processed(cursors(message));
            case "ping" -> new ClientMessage.Ping(echo(message.getValue("t")));
            default ->
                throw ClientMessageException.notUnderstood(
                        "there is no message type '" + ForeignText.excerpt(name, MAX_QUOTED_LENGTH) + "'");
        };
    }

    private static JsonObject object(String text) throws ClientMessageException {
        try {
            return new JsonObject(text);
        } catch (DecodeException | ClassCastException e) {
            throw ClientMessageException.malformed("a message must be one JSON object");
        }
    }

    private static ClientMessage.Handshake handshake(JsonObject message) throws ClientMessageException {
        List<String> services = services(message, false);
        Map<String, Cursor> cursors = cursors(message);
        Object lastSeq = message.getValue("lastSeq");
        if (lastSeq != null) {
            Cursor cursor = new Cursor.InCurrentEpoch(seq(lastSeq, "lastSeq"));
            services.forEach(service -> cursors.putIfAbsent(service, cursor));
        }
        return new ClientMessage.Handshake(token(message), services, cursors);
    }

    private static String requiredToken(JsonObject message) throws ClientMessageException {
        Optional<String> token = token(message);
        if (token.isEmpty()) {
            throw ClientMessageException.notUnderstood("'refresh' needs a 'token'");
        }
        return token.get();
    }

    private static Optional<String> token(JsonObject message) throws ClientMessageException {
        Object token = message.getValue("token");
        if (token == null) {
            return Optional.empty();
        }
        if (!(token instanceof String text) || text.isEmpty()) {
            throw ClientMessageException.notUnderstood("'token' must be a string");
        }
        return Optional.of(text);
    }

    private static List<String> services(JsonObject message, boolean required) throws ClientMessageException {
        Object value = message.getValue("services");
        if (value == null && !required) {
            return List.of();
        }
        if (!(value instanceof JsonArray array)) {
            throw ClientMessageException.notUnderstood("'services' must be an array of names");
        }
        Set<String> services = new LinkedHashSet<>();
        for (Object element : array) {
            if (!(element instanceof String service) || !StreamKey.isService(service)) {
                throw ClientMessageException.notUnderstood(
                        "a service must match [a-z][a-z0-9-]{0,62}, for example 'finance'");
            }
            services.add(service);
        }
        return new ArrayList<>(services);
    }

    private static Map<String, Cursor> cursors(JsonObject message) throws ClientMessageException {
        Map<String, Cursor> cursors = new LinkedHashMap<>();
        Object value = message.getValue("cursors");
        if (value == null) {
            return cursors;
        }
        if (!(value instanceof JsonObject object)) {
            throw ClientMessageException.notUnderstood("'cursors' must be an object from service to cursor");
        }
        for (String service : object.fieldNames()) {
            cursors.put(service, cursor(object.getValue(service)));
        }
        return cursors;
    }

    private static Cursor cursor(Object value) throws ClientMessageException {
        if ("latest".equals(value)) {
            return Cursor.LATEST;
        }
        if ("earliest".equals(value)) {
            return Cursor.EARLIEST;
        }
        if (value instanceof JsonObject object
                && object.getValue("epoch") instanceof String epoch
                && Position.isEpoch(epoch)) {
            return Cursor.at(epoch, seq(object.getValue("seq"), "seq"));
        }
        throw ClientMessageException.notUnderstood(
                "a cursor must be {\"epoch\":…,\"seq\":…}, \"earliest\" or \"latest\"");
    }

    private static long seq(Object value, String field) throws ClientMessageException {
        if (value instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= 0
                && number.doubleValue() <= Position.MAX_SEQ) {
            return number.longValue();
        }
        throw ClientMessageException.notUnderstood("'" + field + "' must be a whole number from 0 to 2^53 - 1");
    }

    /** What is echoed is bounded: a number, or a short string. */
    private static Object echo(Object t) throws ClientMessageException {
        if (t == null || isFinite(t) || (t instanceof String text && text.length() <= MAX_ECHO_LENGTH)) {
            return t;
        }
        throw ClientMessageException.notUnderstood("'t' must be a number or a string of at most 64 characters");
    }

    /** JSON can write 1e999, and what reads it makes infinity of it, which JSON cannot write. */
    private static boolean isFinite(Object value) {
        return value instanceof Number number && Double.isFinite(number.doubleValue());
    }
}
