// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

/** A verb could not do what was asked; the message is one line for the person at the terminal. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With what happened and what to do about it. */
    public CommandFailure(String message) {
        super(message, null, false, false);
    }
}
