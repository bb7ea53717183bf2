// SPDX-License-Identifier: Apache-2.0

/**
 * Something went wrong that the application may want to know; the client goes on as its state says. `code` tells what:
 *
 * | code | what |
 * |---|---|
 * | `handler_failed` | a handler or listener of the application threw; `cause` is what it threw |
 * | `token_failed` | `getToken` failed or took too long; tried again by the table of delays |
 * | `bad_frame` | the server sent something that is no frame |
 * | anything else | the `code` of an `error` frame (docs/protocol.md section 4) |
 */
export class SluiceError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{cause?: unknown, fatal?: boolean, service?: string | undefined}} [options] `fatal`: the server closes the connection with it
   */
  constructor(code, message, { cause, fatal = false, service } = {}) {
    super(message, { cause });
    this.name = 'SluiceError';
    this.code = code;
    this.fatal = fatal;
    /** The service that it is about, if it is about one. */
    this.service = service;
  }
}

/** For `getToken` to throw when there is no token to be had, and only a person can change that: the client stops. */
export class TokenUnavailable extends Error {
  /** @param {string} [message] */
  constructor(message = 'there is no token') {
    super(message);
    this.name = 'TokenUnavailable';
  }
}
