// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.cli.local.ClusterSecret;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.DevelopmentTokens;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.config.Durations;
import dev.sluice.stream.config.Secret;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code sluice token}: tokens for development, signed with a secret that the verifying nodes know, too. */
@Command(
        name = "token",
        description =
                "Prints a token for development, signed with the secret of ./sluice demo unless another is named.",
        footer = {
            "",
            "Examples:",
            "  ./sluice token",
            "  ./sluice token --org 7 --sub alice --services finance,staff --ttl 15m",
            "  ./sluice token --cluster --scope 'realtime:read realtime:admin'",
            "  ./sluice token --secret-file secret --scope realtime:admin --sub ann --ttl 1h"
        })
final class TokenCommand implements Runnable {

    /** The tenant of the demo. */
    static final String DEMO_ORG = "42";

    /** The user of the demo: with one, the tabs of a browser share a connection, as those of a real user do. */
    static final String DEMO_USER = "visitor";

    private static final Duration DEMO_TTL = Duration.ofHours(12);

    @Spec
    private CommandSpec spec;

    @Option(names = "--org", paramLabel = "ORG", description = "The tenant; ${DEFAULT-VALUE} by default.")
    private String org = DEMO_ORG;

    @Option(
            names = "--sub",
            paramLabel = "USER",
            description = "The user; ${DEFAULT-VALUE} by default, none when it is empty.")
    private String subject = DEMO_USER;

    @Option(
            names = "--services",
            split = ",",
            paramLabel = "SERVICE",
            description = "The services it is limited to, with commas between; all by default.")
    private List<String> services = List.of();

    @Option(
            names = "--scope",
            split = " ",
            paramLabel = "SCOPE",
            description = "What it allows: realtime:read, realtime:publish, realtime:admin; the first two by default.")
    private List<String> scopes = List.of(Scope.READ.claim(), Scope.PUBLISH.claim());

    @Option(
            names = "--ttl",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long it is valid, such as 15m or 12h; 12h by default.")
    private Duration ttl = DEMO_TTL;

    @ArgGroup
    private Signer signer = new Signer();

    /** Whose secret it is signed with, if it is not the demo's. */
    static final class Signer {
        @Option(names = "--cluster", description = "Sign with the secret of ./sluice cluster instead.")
        private boolean cluster;

        @Option(
                names = "--secret-file",
                paramLabel = "FILE",
                description = "Sign with the secret in a file, the one that SLUICE_AUTH_SECRET_FILE names for nodes.")
        private Path secretFile;

        Secret secret() {
            if (secretFile != null) {
                return SecretFile.read(secretFile);
            }
            return cluster ? ClusterSecret.read() : DevelopmentTokens.DEMO_SECRET;
        }
    }

    @Override
    public void run() {
        spec.commandLine().getOut().println(mint(signer.secret(), claims()));
    }

    /** A token for the demo that may read and publish. */
    static String demoToken() {
        return token(DevelopmentTokens.DEMO_SECRET);
    }

    /** A token of the demo's org and user that may read and publish, signed with the given secret. */
    static String token(Secret secret) {
        return mint(
                secret,
                new Claims(
                        Optional.of(DEMO_ORG),
                        Optional.of(DEMO_USER),
                        Optional.empty(),
                        Set.of(Scope.READ, Scope.PUBLISH),
                        Instant.now().plus(DEMO_TTL)));
    }

    private static String mint(Secret secret, Claims claims) {
        return new DevelopmentTokens(secret, Clock.systemUTC()).mint(claims);
    }

    private Claims claims() {
        check(StreamKey.isOrg(org), "--org must be 1 to " + StreamKey.MAX_ORG_LENGTH + " characters");
        services.forEach(service ->
                check(StreamKey.isService(service), "--services: '" + service + "' must match [a-z][a-z0-9-]{0,62}"));
        check(!ttl.isNegative() && !ttl.isZero(), "--ttl must be positive");
        EnumSet<Scope> granted = EnumSet.noneOf(Scope.class);
        scopes.forEach(claim -> granted.add(scope(claim)));
        return new Claims(
                Optional.of(org),
                Optional.of(subject).filter(user -> !user.isEmpty()),
                services.isEmpty() ? Optional.empty() : Optional.of(new TreeSet<>(services)),
                granted,
                Instant.now().plus(ttl));
    }

    private Scope scope(String claim) {
        return Scope.of(claim)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--scope: '" + claim + "' must be realtime:read, realtime:publish or realtime:admin"));
    }

    private void check(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private static final class DurationConverter implements ITypeConverter<Duration> {

        @Override
        public Duration convert(String text) {
            try {
                return Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is no duration such as 15m or 12h");
            }
        }
    }
}
