// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from 'node:util';
import { availablePeers, build } from './lib/build.mjs';
import { QUIET_PERCENT, machine, othersPercent } from './lib/machine.mjs';
import { keyValue, save } from './lib/results.mjs';
import { javaAt } from './lib/servers.mjs';

/**
 * What a scenario gets.
 * @typedef {{ peers: string[], full: boolean, jdk25: string | undefined, log: (fields: object) => void }} Context
 */

const SCENARIOS = ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', 'B9', 'B10', 'B11', 'B12', 'B13'];
const PEERS = ['nchan', 'socket.io', 'ws', 'vertx-sockjs'];
const JDK25 = '/usr/lib/jvm/temurin-25-jdk-amd64';

const HELP = `Usage: sluice bench [--full] [--only B1,B4] [--peers ws,nchan] [--jdk25 FOLDER] [--no-report]
Measures the whole system beside what one would use instead, in one run. Needs two cores, Linux, gcc, make, zlib, Node 20.

  --full       All scenarios, as long as it takes (three quarters of an hour); else the short ones, a few minutes.
  --only       These scenarios: ${SCENARIOS.join(', ')}.
  --peers      Beside these: ${PEERS.join(', ')} (all by default).
  --jdk25      A JDK 25, for the scenarios that compare; default ${JDK25}, if it is there.
  --no-report  Leave docs/benchmarks as it is.

Examples:
  ./sluice bench                    a first impression, in under five minutes
  ./sluice bench --only B4,B11      memory of idle sessions, and the start
  ./sluice bench --full             all of docs/benchmarks

Prints a line of key=value for each step; saves benchmarks/results/B1.json …; writes the tables and plots of docs/benchmarks.
Exits 1 if a scenario failed: if what was received is not what was expected. A target that is missed is no failure.`;

function readOptions() {
  const { values } = parseArgs({ options: {
    full: { type: 'boolean', default: false }, only: { type: 'string' }, peers: { type: 'string' }, jdk25: { type: 'string', default: JDK25 },
    'no-report': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const list = (text, all, what) => {
    const chosen = text.split(',').filter(Boolean);
    const strange = chosen.find((one) => !all.includes(one));
    if (strange) throw new Error(`there is no ${what} ${strange}; there are ${all.join(', ')}`);
    return chosen;
  };
  return { ...values, only: values.only && list(values.only, SCENARIOS, 'scenario'), peers: values.peers ? list(values.peers, PEERS, 'peer') : PEERS };
}

async function runOne(id, scenario, options) {
  const began = performance.now();
  console.log(`\n== ${id}: ${scenario.title}`);
  const about = await machine();
  if (about.othersPercent > QUIET_PERCENT) console.error(`bench: others use ${about.othersPercent} % of this machine; what is measured now is theirs, too`);
  const outcome = await scenario.run({
    peers: options.peers, full: options.full, jdk25: options.jdk25, log: (fields) => console.log(keyValue({ scenario: id, ...fields })) });
  const seconds = Math.round((performance.now() - began) / 1000);
  about.othersPercent = Math.max(about.othersPercent, await othersPercent());
  const result = { id, title: scenario.title, full: options.full, seconds, machine: about, jdk: javaAt().version, ...outcome };
  save(id, result);
  for (const check of outcome.checks) {
    console.log(keyValue({ scenario: id, check: check.label, target: check.target, measured: check.measured, met: check.met }));
  }
  if (!options['no-report']) {
    // Not before: its libraries are installed by build().
    const { report } = await import('./lib/report.mjs');
    await report(result);
  }
}

async function main() {
  const options = readOptions();
  build();
  options.peers = availablePeers(options.peers);
  const failed = [];
  for (const id of options.only ?? SCENARIOS) {
    const scenario = await import(`./scenarios/${id.toLowerCase()}.mjs`);
    if (!options.only && !options.full && !scenario.short) continue;
    try {
      await runOne(id, scenario, options);
    } catch (error) {
      failed.push(id);
      console.error(`${id} failed: ${error.stack}`);
    }
  }
  console.log(keyValue({ done: true, failed: failed.join(',') }));
  return failed.length > 0 ? 1 : 0;
}

main().then((code) => process.exit(code), (error) => {
  console.error(`bench: ${error.message}`);
  process.exit(2);
});
