// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.auth.AuthOptions;
import dev.sluice.stream.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A secret that stands in a file. */
final class SecretFile {

    private SecretFile() {}

    /**
     * The secret without the space around it.
     *
     * @throws CommandFailure if there is none, or it is shorter than nodes take
     */
    static Secret read(Path file) {
        String text = text(file).strip();
        if (text.getBytes(StandardCharsets.UTF_8).length < AuthOptions.MIN_SECRET_BYTES) {
            throw new CommandFailure(file + " must have at least " + AuthOptions.MIN_SECRET_BYTES
                    + " bytes; make a new one: openssl rand -hex 32");
        }
        return new Secret(text);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no " + file);
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be read: " + e.getMessage());
        }
    }
}
