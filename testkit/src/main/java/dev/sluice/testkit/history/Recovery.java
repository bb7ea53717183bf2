// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

/**
 * How long the cluster was disturbed by a fault.
 *
 * @param number which fault
 * @param kind its kind
 * @param tookMs from the beginning of the fault until nobody noticed it any more, milliseconds; 0: nobody did; {@link #NEVER}
 */
public record Recovery(int number, String kind, long tookMs) {

    /** Somebody who lost a connection to the fault was not subscribed again until the history ended. */
    public static final long NEVER = -1;
}
