// SPDX-License-Identifier: Apache-2.0
import { build } from 'esbuild';
import { gzipSync } from 'node:zlib';

/**
 * What a browser loads for the main entry, minified and compressed, may have so many bytes. What is loaded later, and only
 * when a connection is shared between tabs, is not counted in; its size is told.
 */
const LIMIT = 12 * 1024;

/** @param {string} entry @param {RegExp} later imports that are not part of it */
async function bundled(entry, later) {
  const { outputFiles } = await build({
    entryPoints: [new URL(entry, import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    plugins: [{ name: 'later', setup: ({ onResolve }) => onResolve({ filter: later }, ({ path }) => ({ path, external: true })) }],
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length };
}

const main = await bundled('../src/index.js', /^\.\/shared\/tab\.js$/);
const shared = await bundled('../src/shared/tab.js', /^\.\.\//);
console.log(`minified=${main.minified} gzipped=${main.gzipped} limit=${LIMIT}`);
console.log(`loaded when tabs share: minified=${shared.minified} gzipped=${shared.gzipped}`);
if (main.minified === 0 || main.gzipped > LIMIT) {
  console.error(`@sluice/client has ${main.gzipped} bytes compressed; the limit is ${LIMIT}`);
  process.exit(1);
}
