// SPDX-License-Identifier: Apache-2.0
/** What both HTTP doors share: errors as problem+json. */
package dev.sluice.stream.http;
