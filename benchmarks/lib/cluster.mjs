// SPDX-License-Identifier: Apache-2.0
import { untilSteady } from './measure.mjs';
import { startSluice } from './servers.mjs';

const PORT = 4810;
const CLUSTER_PORT = 5871;
const NODES = 3;
/** For processes that have less than a core each (B13): one thread that collects garbage, and little garbage at a time. */
export const HEAP = ['-XX:+UseSerialGC', '-Xms1g', '-Xmx1g', '-Xmn128m'];
const MEMBERS = Array.from({ length: NODES + 1 }, (_, i) => `127.0.0.1:${CLUSTER_PORT + i}`).join(',');

/** What the i-th member is told about the cluster; the nodes come first, then the publisher, then who else joins. */
export const memberEnv = (i) => ({ SLUICE_CLUSTER_NAME: `bench-${process.pid}`, SLUICE_CLUSTER_MEMBERS: MEMBERS, SLUICE_CLUSTER_QUORUM: '2',
  SLUICE_CLUSTER_PORT: String(CLUSTER_PORT + i), SLUICE_CLUSTER_PORT_COUNT: '1', SLUICE_CLUSTER_LEAVE_TIMEOUT: '3s' });

/**
 * Starts three gateway nodes and a publisher (a lite member) that share the cores, each with all of them: the machine has fewer cores
 * than the cluster has processes, and the load runs there, too.
 *
 * @param {import('./servers.mjs').Layout} layout of the readers
 */
export async function startCluster(layout) {
  const processes = [];
  const env = (i) => ({ ...memberEnv(i), SLUICE_NODE: `node-${i}` });
  const stop = async () => {
    await Promise.all(processes.map((one) => one.stop()));
  };
  const launch = (i, verb) => startSluice(layout, { port: PORT + i, core: '0,1', env: env(i), verb, label: `node-${i}`, options: HEAP });
  try {
    // At once: a node alone has no quorum and is not ready.
    const started = await Promise.allSettled(Array.from({ length: NODES }, (_, i) => launch(i, 'node')));
    processes.push(...started.filter((one) => one.status === 'fulfilled').map((one) => one.value));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    processes.push(await launch(NODES, 'publisher'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes: processes.slice(0, NODES), publisher: processes[NODES], stop };
}

/** CPU seconds of all processes of a cluster. */
export const cpuOf = ({ nodes, publisher }) => [...nodes, publisher].reduce((sum, one) => sum + one.usage().cpuSeconds, 0);

/**
 * Warms a cluster up until publishing costs its processes no less CPU.
 *
 * @param {(seconds: number) => Promise<unknown>} attempt publishes for so long
 * @returns {Promise<number>} how many seconds it took
 */
export function warmUp(cluster, attempt) {
  return untilSteady(async () => {
    const before = cpuOf(cluster);
    await attempt(5);
    return cpuOf(cluster) - before;
  }, 90);
}
