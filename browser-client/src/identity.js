// SPDX-License-Identifier: Apache-2.0

/**
 * Reads who a token is for, and until when, without verifying it, which is the server's business: good for choosing a
 * rollout bucket, keeping the tabs of two accounts apart and renewing in time, and for nothing that needs to be true.
 *
 * @param {string} token
 * @returns {{user?: string, org?: string, expiresAt?: number, rights?: string}} `expiresAt`: epoch milliseconds; `rights`: what it
 *   allows, to compare; empty when it is no JWT
 */
export function identityOf(token) {
  try {
    const payload = /** @type {string} */ (token.split('.')[1]).replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    const { sub, org, exp, services, scope } = JSON.parse(new TextDecoder().decode(bytes));
    return {
      rights: JSON.stringify([services, scope]),
      ...(typeof sub === 'string' ? { user: sub } : {}),
      ...(typeof org === 'string' ? { org } : {}),
      ...(typeof exp === 'number' ? { expiresAt: exp * 1000 } : {}),
    };
  } catch {
    return {};
  }
}
