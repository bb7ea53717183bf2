// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.local;

import dev.sluice.cli.CommandFailure;
import dev.sluice.stream.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret that the nodes of the local cluster verify tokens with, kept in {@code .sluice/cluster-secret} so that another
 * call can mint some. Only its owner can read the file.
 */
public final class ClusterSecret {

    private static final int BYTES = 32;

    private ClusterSecret() {}

    /** A new one, 256 random bits. */
    public static Secret random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /**
     * The one of the cluster that was started last.
     *
     * @throws CommandFailure if there was none
     */
    public static Secret read() {
        return read(file());
    }

    static Secret read(Path file) {
        try {
            return new Secret(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no " + file + "; start a cluster first: ./sluice cluster 3");
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be read: " + e.getMessage());
        }
    }

    /** Keeps it in place of an earlier one. */
    public static void write(Secret secret) {
        write(file(), secret);
    }

    static void write(Path file, Secret secret) {
        try {
            Files.createDirectories(file.getParent());
            // Made with its permissions and moved into place: at no time can others read it, and no reader sees a half.
            Path fresh = Files.createTempFile(file.getParent(), "cluster-secret", ".tmp", ownerOnly(file));
            Files.writeString(fresh, secret.value() + System.lineSeparator());
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be written: " + e.getMessage());
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static Path file() {
        String home = System.getenv("SLUICE_HOME");
        return Path.of(home == null ? "" : home, ".sluice", "cluster-secret").toAbsolutePath();
    }
}
