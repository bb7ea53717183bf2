// SPDX-License-Identifier: Apache-2.0
/** Certificates and keys in PEM files, as clients, members of the cluster and the servers between them show and believe them. Any thread; reading files blocks. */
package dev.sluice.stream.tls;
