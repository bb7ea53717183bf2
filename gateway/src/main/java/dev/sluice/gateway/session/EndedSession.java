// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import java.util.Map;

/**
 * What is remembered of a session that is over. Nothing of its token and of its events.
 *
 * @param session as it was at its end
 * @param at when it ended, epoch milliseconds
 * @param places the streams that it followed at its end, by service
 */
record EndedSession(SessionReport session, CloseReason reason, long at, Map<String, Place> places) {}
