// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.publisher.finance.FinanceRoutes;
import dev.sluice.publisher.http.IngestRoutes;
import dev.sluice.publisher.http.PublishEndpoints;
import dev.sluice.publisher.http.PublisherHttpVerticle;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenException.Reason;
import dev.sluice.stream.metrics.MetricsOptions;
import dev.sluice.stream.metrics.OrgMeters;
import dev.sluice.stream.tls.TlsOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A publisher process with its HTTP server on a free port, and a client. Tokens are words. */
public final class PublishServer {

    /** What each token allows; other tokens fail. */
    private static final Map<String, Claims> TOKENS = Map.of(
            "acme", claims("acme", null, Scope.PUBLISH),
            "acme-finance", claims("acme", Set.of("finance"), Scope.PUBLISH),
            "acme-staff", claims("acme", Set.of("staff"), Scope.PUBLISH),
            "acme-read", claims("acme", null, Scope.READ),
            "any-org", claims(null, null, Scope.PUBLISH));

    /** A header that names a request for {@link #answered()}. */
    public static final String NAME = "Test-Name";

    private final Vertx vertx = Vertx.vertx();
    private final List<String> answered = new CopyOnWriteArrayList<>();
    private final Map<String, HttpServerRequest> requests = new ConcurrentHashMap<>();
    private volatile Context loop;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final OrgMeters orgs = new OrgMeters(registry, new MetricsOptions(5));
    private final FaultyLog log;
    private final EventPublisher publisher;
    private final PublisherHttpVerticle server;

    private PublishServer(PublisherOptions options, FaultyLog log) throws Exception {
        this.log = log;
        PublisherMetrics metrics = new PublisherMetrics(registry, orgs);
        publisher = EventPublisher.create(vertx, log, batch -> {}, options, metrics);
        PublishEndpoints endpoints = new PublishEndpoints(PublishServer::verify, options, metrics);
        server = new PublisherHttpVerticle(
                options.http(),
                List.of(
                        this::watch,
                        new IngestRoutes(publisher, endpoints)::mount,
                        new FinanceRoutes(publisher, endpoints)::mount));
        vertx.deployVerticle(server).await(10, TimeUnit.SECONDS);
    }

    /** Notes the server's loop, and which requests were answered in which order. */
    private void watch(Router router) {
        router.route().handler(routing -> {
            loop = Vertx.currentContext();
            String name = routing.request().getHeader(NAME);
            if (name != null) {
                requests.put(name, routing.request());
                routing.addHeadersEndHandler(nothing -> answered.add(name));
            }
            routing.next();
        });
    }

    /** The loop of all connections; there must have been a request. */
    public Context loop() {
        return loop;
    }

    /** The values of the header {@link #NAME} of all requests that were answered, in that order. */
    public List<String> answered() {
        return List.copyOf(answered);
    }

    /** How many bytes of a named request were read, its head not counted. */
    public long bytesRead(String name) {
        return requests.get(name).bytesRead();
    }

    /** What a meter shows of an org once a window has ended. */
    public double ofOrg(String meter, String org) {
        orgs.endWindow();
        return registry.get(meter).tag("org", org).gauge().value();
    }

    /** With limits as small as they may be, and patient, for the machine may be busy. */
    public static PublishServer start() throws Exception {
        return start(new FaultyLog(4, 64));
    }

    /** The same before another log. */
    public static PublishServer start(FaultyLog log) throws Exception {
        return new PublishServer(options(Duration.ofSeconds(20)), log);
    }

    /** The same, but for tests that wait until its patience is at an end. */
    public static PublishServer startImpatient() throws Exception {
        return new PublishServer(options(Duration.ofSeconds(1)), new FaultyLog(4, 64));
    }

    private static PublisherOptions options(Duration patience) {
        return new PublisherOptions(
                1_000,
                64L << 20,
                patience,
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                20,
                Duration.ofMillis(1_500),
                Duration.ofSeconds(1),
                FairnessOptions.defaults(),
                new PublisherHttpOptions(
                        "127.0.0.1", 0, TlsOptions.defaults(), patience, 2L << 20, Duration.ofMinutes(1)));
    }

    private static Claims claims(String org, Set<String> services, Scope scope) {
        return new Claims(
                Optional.ofNullable(org), Optional.of("u1"), Optional.ofNullable(services), Set.of(scope), Instant.MAX);
    }

    private static Future<Claims> verify(String token) {
        return switch (token) {
            case "expired" -> Future.failedFuture(new TokenException(Reason.EXPIRED, "the token has ended"));
            case "unverifiable" ->
                Future.failedFuture(
                        new TokenException(Reason.UNVERIFIABLE, "the keys cannot be fetched at the moment"));
            case "explosive" -> Future.failedFuture(new IllegalStateException("secret-internal-detail"));
            default ->
                TOKENS.containsKey(token)
                        ? Future.succeededFuture(TOKENS.get(token))
                        : Future.failedFuture(new TokenException(Reason.INVALID, "the token's signature is wrong"));
        };
    }

    public FaultyLog log() {
        return log;
    }

    public EventPublisher publisher() {
        return publisher;
    }

    public int port() {
        return server.port();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    /** A POST of nothing yet. */
    public Post post(String path) {
        return new Post(HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20)));
    }

    /** A POST of an event or several. */
    public Post events(String contentType, String body) {
        return post(IngestRoutes.PATH).header("Content-Type", contentType).body(body);
    }

    public void stop() throws Exception {
        publisher.close().await(10, TimeUnit.SECONDS);
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    /** A request in the making. */
    public final class Post {
        private final HttpRequest.Builder request;
        private BodyPublisher body = BodyPublishers.noBody();

        private Post(HttpRequest.Builder request) {
            this.request = request;
        }

        public Post token(String token) {
            return header("Authorization", "Bearer " + token);
        }

        public Post header(String name, String value) {
            request.header(name, value);
            return this;
        }

        public Post body(String text) {
            return body(BodyPublishers.ofString(text));
        }

        public Post body(BodyPublisher publisher) {
            body = publisher;
            return this;
        }

        public Post http2() {
            request.version(HttpClient.Version.HTTP_2);
            return this;
        }

        public Reply send() throws IOException, InterruptedException {
            return new Reply(client.send(request.POST(body).build(), BodyHandlers.ofString()));
        }
    }
}
