// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

const native = new URL('../native/', import.meta.url).pathname;
execFileSync('make', ['-s', '-C', native, 'all', 'target/measure-test']);
const children = [];
after(() => children.forEach((child) => child.kill('SIGKILL')));

function begin(name, ...words) {
  const child = spawn(`${native}target/${name}`, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

test('should keep histogram and marks exact', () => {
  execFileSync(`${native}target/measure-test`);
});

for (const batch of [false, true]) {
  test(`should receive all that is published through the floor${batch ? ', in batches' : ''}`, async () => {
    const port = batch ? 4962 : 4960;
    begin('floor', '--port', String(port), '--feed-port', String(port + 1), ...(batch ? ['--batch'] : []));
    await listening(port + 1);
    const reader = begin('reader', '--port', String(port), '--connections', '20');
    const answers = createInterface({ input: reader.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await answers.next()).value);
    assert.equal((await next()).ready, 20);
    const sent = JSON.parse(publish('--to', 'line', '--port', String(port + 1), '--rate', '1000', '--seconds', '0.5').stdout);
    assert.equal(sent.sent, 500);
    let stats;
    do {
      reader.stdin.write('stats\n');
      stats = await next();
    } while (stats.events < 10_000);
    assert.deepEqual([stats.events, stats.missing, stats.repeated, stats.closed, stats.errors], [10_000, 0, 0, 0, 0]);
    assert.ok(batch ? stats.frames < 10_000 : stats.frames === 10_000, `${stats.frames} frames`);
    // The numbers begin anew, which is what events that come twice look like; then some are left out.
    publish('--to', 'line', '--port', String(port + 1), '--rate', '100', '--seconds', '0.1');
    publish('--to', 'line', '--port', String(port + 1), '--rate', '100', '--seconds', '0.1', '--first', '511');
    do {
      reader.stdin.write('stats\n');
      stats = await next();
    } while (stats.events < 10_200);
    assert.deepEqual([stats.repeated, stats.missing], [200, 200]);
  });
}

test('should fail when a publish is refused', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(429, { 'Content-Length': 0 }).end();
  });
  await new Promise((resolve) => server.listen(4964, '127.0.0.1', resolve));
  const child = begin('publisher', '--to', 'sluice', '--port', '4964', '--rate', '10', '--seconds', '0.5');
  const code = await new Promise((resolve) => child.on('close', resolve));
  server.close();
  assert.equal(code, 1);
});

function publish(...words) {
  const done = spawnSync(`${native}target/publisher`, words, { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  return done;
}

async function listening(port) {
  while (spawnSync(`${native}target/publisher`, ['--to', 'line', '--port', String(port), '--rate', '1', '--seconds', '0'], { stdio: 'ignore' }).status !== 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
