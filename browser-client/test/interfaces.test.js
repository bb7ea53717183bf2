// SPDX-License-Identifier: Apache-2.0

/* The documents that gateways serve, judged by the tools of those who wrote the formats, and held to this client. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { CLOSE_CODES } from '../src/close-codes.js';

const documents = new URL('../../gateway/src/main/resources/interfaces/', import.meta.url);

/** There is a 3.1, which says nothing that is needed here. */
const ACCEPTED = new Set(['asyncapi-latest-version']);

async function asyncApi() {
  const text = await readFile(new URL('asyncapi.yaml', documents), 'utf8');
  return new Parser().parse(text);
}

test('asyncapi.yaml is AsyncAPI 3', async () => {
  const { document, diagnostics } = await asyncApi();

  assert.deepEqual(diagnostics.filter(({ code }) => !ACCEPTED.has(String(code))), []);
  assert.equal(document?.version(), '3.0.0');
});

test('openapi.yaml is OpenAPI 3.1', async () => {
  const validator = new Validator();

  const { valid, errors } = await validator.validate(fileURLToPath(new URL('openapi.yaml', documents)));

  assert.deepEqual(errors ?? [], []);
  assert.equal(valid, true);
  assert.equal(validator.version, '3.1');
});

test('the close codes of asyncapi.yaml are those of the client, and stop it where it stops', async () => {
  const { document } = await asyncApi();
  /** @type {{ code: number, name: string, reconnect: boolean }[]} */
  const all = document?.extensions().get('x-close-codes')?.value() ?? [];
  const described = all.filter(({ name }) => name !== 'unresponsive');

  assert.deepEqual(
    described.map(({ code, name, reconnect }) => [code, name, reconnect]),
    CLOSE_CODES.map(([code, name, reaction]) => [code, name, reaction !== 'stop' && reaction !== 'new-token']),
  );
});
