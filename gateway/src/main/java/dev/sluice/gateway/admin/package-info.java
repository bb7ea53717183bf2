// SPDX-License-Identifier: Apache-2.0
/** What operators may do over HTTP: who they are, what is written down of it, and revoking tokens. Any thread. */
package dev.sluice.gateway.admin;
