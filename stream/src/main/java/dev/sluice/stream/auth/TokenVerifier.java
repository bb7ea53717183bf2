// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import io.vertx.core.Future;

/** Verifies tokens. May be called from any thread; the future completes on the caller's context. */
public interface TokenVerifier {

    /** The claims of a valid token; fails with {@link TokenException} and nothing else. */
    Future<Claims> verify(String token);
}
