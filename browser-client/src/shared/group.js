// SPDX-License-Identifier: Apache-2.0
import { identityOf } from '../identity.js';

/**
 * The name under which the tabs find each other that may share a connection: those of one user of one org with the same
 * rights, at one gateway. It is a digest, and nothing of a token goes into it that a renewed one has not.
 *
 * @param {URL} url of the gateway
 * @param {string | undefined} user whom the application says the rollout is for
 * @param {string} token
 * @param {Pick<SubtleCrypto, 'digest'> | undefined} subtle undefined where the page is not secure: the name is in plain then
 * @returns {Promise<string | undefined>} undefined for a token that does not say whose it is: it is shared with nobody
 */
export async function groupOf(url, user, token, subtle) {
  const { org, user: subject, rights } = identityOf(token);
  if (org === undefined || subject === undefined) {
    return undefined;
  }
  const text = JSON.stringify([url.href, org, subject, user, rights]);
  if (subtle === undefined) {
    return `sluice:${text}`;
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return `sluice:${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
