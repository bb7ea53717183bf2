// SPDX-License-Identifier: Apache-2.0
//
// node examples/serve.mjs: serves the examples on http://127.0.0.1:5173/plain/ and /react/. No dependencies.
//
// It stands for the server of an application: it hands out tokens to its users, who then talk to the gateway by themselves.
// SLUICE_URL: the gateway, http://127.0.0.1:4000/ by default. SLUICE_TOKEN: the token for everybody; by default that of ./sluice demo.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const GATEWAY = process.env.SLUICE_URL ?? 'http://127.0.0.1:4000/';
const PORT = Number(process.env.PORT ?? 5173);
const ROOT = fileURLToPath(new URL('.', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

async function token() {
  if (process.env.SLUICE_TOKEN) {
    return process.env.SLUICE_TOKEN;
  }
  const response = await fetch(new URL('demo/session', GATEWAY));
  if (response.status !== 200) {
    throw new Error(`${GATEWAY} is no demo; set SLUICE_TOKEN (see ./sluice token --help)`);
  }
  return (await response.json()).token;
}

/** What is at an address: `[type, content]`, or undefined. */
async function answer(path) {
  if (path === '/session') {
    return ['application/json', JSON.stringify({ gateway: GATEWAY, token: await token() })];
  }
  const file = normalize(join(ROOT, decodeURIComponent(path.endsWith('/') ? `${path}index.html` : path)));
  const type = TYPES[extname(file)];
  return file.startsWith(ROOT) && type ? [`${type}; charset=utf-8`, await readFile(file)] : undefined;
}

const server = createServer(async (request, response) => {
  try {
    const found = await answer(new URL(request.url, 'http://here').pathname);
    response.writeHead(found ? 200 : 404, { 'content-type': found?.[0] ?? 'text/plain', 'cache-control': 'no-store' });
    response.end(found?.[1] ?? 'not found');
  } catch (error) {
    response.writeHead(error.code === 'ENOENT' ? 404 : 500, { 'content-type': 'text/plain' });
    response.end(String(error.message));
  }
});
server.listen(PORT, '127.0.0.1', () => {
  const { port } = server.address();
  console.log(`http://127.0.0.1:${port}/plain/ and http://127.0.0.1:${port}/react/ on ${GATEWAY}`);
});
