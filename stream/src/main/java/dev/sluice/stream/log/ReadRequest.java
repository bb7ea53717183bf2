// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.StreamKey;

/** The arguments of {@link StreamLog#read}. */
record ReadRequest(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {}
