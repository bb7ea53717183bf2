// SPDX-License-Identifier: Apache-2.0
/** What operators see: metrics, health, flags, pages. Depends on no session and no socket; the composition root hands it what it shows. */
package dev.sluice.gateway.ops;
