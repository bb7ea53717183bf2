// SPDX-License-Identifier: Apache-2.0
/** The ordered, replicated log of all streams: what is kept, how it is committed and read. */
package dev.sluice.stream.log;
