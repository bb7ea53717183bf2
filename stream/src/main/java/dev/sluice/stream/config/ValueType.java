// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** What the value of a key may be: how it is read from YAML and from the environment, and how it is printed. */
interface ValueType {

    /** Completes the sentence "the key must be …". */
    String expected();

    /**
     * The value of a YAML node.
     *
     * @throws IllegalArgumentException if the node is none; the message is not shown
     */
    Object read(JsonNode node);

    /**
     * The node that the text of an environment variable stands for.
     *
     * @throws IllegalArgumentException if it stands for none; the message is not shown
     */
    default JsonNode fromText(String text) {
        return TextNode.valueOf(text);
    }

    /** The node that {@link #read} turns into the value again; for a secret, one that hides it. */
    JsonNode write(Object value);

    /** Whether the value is never shown. */
    default boolean secret() {
        return false;
    }
}
