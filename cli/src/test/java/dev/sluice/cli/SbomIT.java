// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The bill of materials names what is in the artifact, with versions and hashes to look them up by, and nothing that only tests use. */
class SbomIT {

    /** A class of each library that a scanner would be asked about, and the library. */
    private static final Map<String, String> LIBRARIES = Map.of(
            "io/opentelemetry/exporter/otlp/http/trace/OtlpHttpSpanExporter.class",
            "io.opentelemetry:opentelemetry-exporter-otlp",
            "com/hazelcast/core/Hazelcast.class",
            "com.hazelcast:hazelcast",
            "io/vertx/core/Vertx.class",
            "io.vertx:vertx-core",
            "io/vertx/ext/auth/jwt/JWTAuth.class",
            "io.vertx:vertx-auth-jwt",
            "io/netty/channel/Channel.class",
            "io.netty:netty-transport",
            "com/fasterxml/jackson/databind/ObjectMapper.class",
            "com.fasterxml.jackson.core:jackson-databind",
            "org/yaml/snakeyaml/Yaml.class",
            "org.yaml:snakeyaml",
            "ch/qos/logback/core/Appender.class",
            "ch.qos.logback:logback-core",
            "picocli/CommandLine.class",
            "info.picocli:picocli");

    @Test
    void shouldNameWhatIsInTheArtifact() throws Exception {
        JsonObject sbom = new JsonObject(Files.readString(Path.of("target", "sluice-sbom.json")));
        List<JsonObject> components = sbom.getJsonArray("components").stream()
                .map(JsonObject.class::cast)
                .toList();
        List<String> names = components.stream()
                .map(component -> component.getString("group") + ":" + component.getString("name"))
                .toList();

        assertThat(sbom.getString("bomFormat")).isEqualTo("CycloneDX");
        try (JarFile jar = new JarFile(Path.of("target", "sluice.jar").toFile())) {
            LIBRARIES.forEach((name, library) -> {
                assertThat(jar.getEntry(name)).as(name).isNotNull();
                assertThat(names).contains(library);
            });
        }
        assertThat(components).allSatisfy(component -> {
            assertThat(component.getString("purl")).startsWith("pkg:maven/");
            assertThat(component.getString("version")).isNotBlank();
        });
        assertThat(names)
                .noneMatch(name -> name.matches("(org.junit|org.assertj|net.jqwik|org.awaitility|com.tngtech).*"));
    }
}
