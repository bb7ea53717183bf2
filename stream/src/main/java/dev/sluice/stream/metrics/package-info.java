// SPDX-License-Identifier: Apache-2.0
/** Which orgs do most of something, in bounded memory; nothing of it unless the operator asks for it (P7). */
package dev.sluice.stream.metrics;
