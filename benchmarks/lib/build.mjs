// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const benchmarks = new URL('..', import.meta.url).pathname;

/** Builds what is measured with and what is measured beside Sluice: the C programs, the npm packages, the Java programs. */
export function build() {
  const run = (command, words, cwd = benchmarks) => execFileSync(command, words, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  run('make', ['-s', '-C', 'native']);
  for (const folder of [benchmarks, `${benchmarks}peers/`]) {
    if (!existsSync(`${folder}node_modules`)) run('npm', ['ci', '--no-audit', '--no-fund', '--silent'], folder);
  }
  run('javac', ['-cp', '../cli/target/sluice.jar', '-d', 'target/peers', 'peers/VertxSockJs.java', 'peers/JvmPublisher.java']);
}

/** The peers that can run here; nginx with nchan is Debian's packages nginx-light and libnginx-mod-nchan. */
export function availablePeers(all) {
  const hasNchan = existsSync('/usr/lib/nginx/modules/ngx_nchan_module.so');
  if (!hasNchan) console.error('bench: without nchan, for its module is not installed (apt install nginx libnginx-mod-nchan)');
  return all.filter((kind) => kind !== 'nchan' || hasNchan);
}
