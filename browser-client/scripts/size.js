// SPDX-License-Identifier: Apache-2.0
import { build } from 'esbuild';
import { gzipSync } from 'node:zlib';

/** What a browser loads for the main entry, minified and compressed, may have so many bytes. */
const LIMIT = 12 * 1024;

const { outputFiles } = await build({
  entryPoints: [new URL('../src/index.js', import.meta.url).pathname],
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  write: false,
});
const code = outputFiles[0]?.contents ?? new Uint8Array();
const compressed = gzipSync(code, { level: 9 }).length;
console.log(`minified=${code.length} gzipped=${compressed} limit=${LIMIT}`);
if (code.length === 0 || compressed > LIMIT) {
  console.error(`@sluice/client has ${compressed} bytes compressed; the limit is ${LIMIT}`);
  process.exit(1);
}
