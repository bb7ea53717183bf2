// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

/**
 * The configuration cannot be used. The message is one line that names the key or variable, where it was set, what is
 * wrong and what is expected; it never holds a secret. Without a stack trace: it is for whoever wrote the configuration.
 */
public class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message that is safe to show. */
    public ConfigException(String message) {
        super(message, null, false, false);
    }
}
