// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CLOSE_CODES, closeName, codeOf, reactionTo } from '../src/close-codes.js';

/** @param {string} path from the root of the repository */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The gateway's other names of an end that means nothing to a client, for its own metrics. */
const isInternal = (/** @type {number} */ code, /** @type {string} */ name) => code === 1000 || name === 'unresponsive';

test('has the same codes and names as the gateway', () => {
  const java = read('gateway/src/main/java/dev/sluice/gateway/session/CloseReason.java');
  const theirs = [...java.matchAll(/^ {4}[A-Z_]+\((\d+), "(\w+)"\)[,;]$/gm)]
    .map(([, code, name]) => /** @type {const} */ ([Number(code), String(name)]))
    .filter(([code, name]) => !isInternal(code, name));
  assert.deepEqual(
    CLOSE_CODES.map(([code, name]) => [code, name]),
    theirs,
  );
});

test('does what the protocol says a client does', () => {
  const rows = [...read('docs/protocol.md').matchAll(/^\| (\d{4}) \| ([^|]+) \| ([^|]+) \|$/gm)];
  /** @type {[RegExp, import('../src/close-codes.js').Reaction][]} the first that fits */
  const meanings = [
    [/^stop until/, 'new-token'],
    [/^stop/, 'stop'],
    [/^longest backoff/, 'longest'],
    [/^backoff/, 'backoff'],
    [/goaway|in its slot/, 'slot'],
    [/fetch a token/, 'token'],
    [/retryAfterMs/, 'retry-after'],
  ];
  const theirs = rows.map(([, code, , does]) => [
    Number(code),
    meanings.find(([meaning]) => meaning.test(String(does)))?.[1],
  ]);
  assert.deepEqual(
    theirs,
    CLOSE_CODES.map(([code, , reaction]) => [code, reaction]),
  );
});

test('goes by the range for codes that it does not know', () => {
  assert.equal(reactionTo(4008), 'backoff');
  assert.equal(reactionTo(4499), 'backoff');
  assert.equal(reactionTo(4504), 'stop');
  assert.equal(reactionTo(4999), 'stop');
  assert.equal(reactionTo(1006), 'backoff');
  assert.equal(reactionTo(1000), 'backoff');
});

test('names codes and finds them by name', () => {
  assert.equal(closeName(4005), 'draining');
  assert.equal(closeName(1006), 'connection_lost');
  assert.equal(closeName(4321), 'closed_4321');
  assert.equal(codeOf('token_expired'), 4002);
  assert.equal(codeOf('never heard of'), 1006);
});
