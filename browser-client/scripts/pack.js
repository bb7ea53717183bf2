// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';

/** What must be in the package, and what may be. */
const NEEDED = ['LICENSE', 'README.md', 'package.json', 'src/index.js', 'src/react.js', 'types/index.d.ts', 'types/react.d.ts'];
const ALLOWED = /^(LICENSE|README\.md|package\.json|src\/[\w./-]+\.js|types\/[\w./-]+\.d\.ts)$/;

const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
const [pack] = JSON.parse(listing);
/** @type {string[]} */
const paths = pack.files.map((/** @type {{path: string}} */ { path }) => path);
const missing = NEEDED.filter((path) => !paths.includes(path));
const foreign = paths.filter((path) => !ALLOWED.test(path));
console.log(`package files=${paths.length} unpacked=${pack.unpackedSize}`);
if (missing.length > 0 || foreign.length > 0) {
  console.error(`the package lacks [${missing}] and should not have [${foreign}]`);
  process.exit(1);
}
