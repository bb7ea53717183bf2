// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.interfaces;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One of the two documents, as JSON; its schemas can be held against values. Any thread. */
public final class InterfaceDocument {

    private static final String BASE = "https://sluice.example/";

    private final String name;
    private final Draft draft;
    private final JsonObject json;
    private final Map<String, Validator> validators = new ConcurrentHashMap<>();

    private InterfaceDocument(String name, Draft draft) {
        this.name = name;
        this.draft = draft;
        this.json = read(name);
    }

    /** Its schemas are a superset of draft 7. */
    public static InterfaceDocument asyncApi() {
        return new InterfaceDocument("asyncapi.yaml", Draft.DRAFT7);
    }

    /** Its schemas are of draft 2020-12. */
    public static InterfaceDocument openApi() {
        return new InterfaceDocument("openapi.yaml", Draft.DRAFT202012);
    }

    private static JsonObject read(String name) {
        try (InputStream in = InterfaceDocument.class.getResourceAsStream("/interfaces/" + name)) {
            return YamlText.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is at the end of these members. */
    public JsonObject at(String... members) {
        JsonObject found = json;
        for (String member : members) {
            found = found.getJsonObject(member);
            if (found == null) {
                throw new AssertionError("there is no " + String.join(" / ", List.of(members)) + " in " + name);
            }
        }
        return found;
    }

    /** Fails unless the value is what the schema of this name says. */
    public void check(String schema, Object value) {
        OutputUnit result = validators.computeIfAbsent(schema, this::validator).validate(value);
        if (!result.getValid()) {
            throw new AssertionError(value + " is no '" + schema + "' of " + name + ": " + result.toJson());
        }
    }

    /** Fails unless the value is what this schema, taken from the document, says. */
    public void check(JsonObject schema, Object value) {
        OutputUnit result = validator(schema, "inline").validate(value);
        if (!result.getValid()) {
            throw new AssertionError(value + " is not " + schema + " of " + name + ": " + result.toJson());
        }
    }

    private Validator validator(String schema) {
        at("components", "schemas", schema);
        return validator(new JsonObject().put("$ref", "#/components/schemas/" + schema), schema);
    }

    private Validator validator(JsonObject schema, String label) {
        // Beside the definitions that it refers to; in draft 7 nothing else may stand beside a $ref.
        JsonObject whole = new JsonObject()
                .put("$id", BASE + label)
                .put("components", at("components").copy())
                .put("allOf", new JsonArray().add(schema));
        JsonSchemaOptions options =
                new JsonSchemaOptions().setBaseUri(BASE).setDraft(draft).setOutputFormat(OutputFormat.Basic);
        return Validator.create(JsonSchema.of(whole), options);
    }
}
