// SPDX-License-Identifier: Apache-2.0
/** Who may connect, and when: origins, room, drain. */
package dev.sluice.gateway.admission;
