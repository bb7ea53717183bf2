// SPDX-License-Identifier: Apache-2.0
/** Small texts that all nodes of a cluster share and an operator may change while it runs. Any thread; nothing here blocks the caller. */
package dev.sluice.stream.setting;
