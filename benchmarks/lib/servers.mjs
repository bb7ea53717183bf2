// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesFile } from './load.mjs';
import { SERVER_CORE, awaitPort, kernelMemory, start, stop, usage } from './processes.mjs';

/**
 * How to reach a server.
 * @typedef {{ port: number, reader: string[], publisher: string[] }} Door
 *
 * Who subscribes to what: connection c to `slots` streams from (c × slots) mod `streams` on.
 * @typedef {{ connections: number, streams?: number, slots?: number, claims?: (connection: number) => object }} Layout
 */

const root = new URL('../../', import.meta.url).pathname;
const peers = `${root}benchmarks/peers/`;
const jar = `${root}cli/target/sluice.jar`;
const logs = `${root}benchmarks/target/logs/`;
const SECRET = 'a secret of the benchmarks, known to all';

const name = (stream) => `s${String(stream).padStart(5, '0')}`;

/** The streams of a connection. */
export function streamsOf(connection, { streams = 1, slots = 1 }) {
  return Array.from({ length: slots }, (_, slot) => name((connection * slots + slot) % streams));
}

/** One line for each connection, or for as many as differ. */
const lines = (layout, line) => linesFile(Array.from(
  { length: Math.max(1, (layout.streams ?? 1) / (layout.slots ?? 1)) }, (_, connection) => line(streamsOf(connection, layout))));

/** A token for development, signed with HS256. */
export function token(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ org: 'bench', exp: Math.floor(Date.now() / 1000) + 86_400, ...claims })}`;
  return `${head}.${createHmac('sha256', SECRET).update(head).digest('base64url')}`;
}

/** A server that runs: its process, its door, what it uses. */
export class Server {
  constructor(kind, child, door, facts = {}) {
    Object.assign(this, { kind, child, door, facts });
  }

  /** CPU seconds and resident memory of it and its children, and the kernel's memory. */
  usage() {
    return { ...usage(this.child.pid), ...kernelMemory() };
  }

  stop(patienceMs) {
    return stop(this.child, patienceMs);
  }
}

/** What Sluice's tests of many clients from one machine need beside its defaults. */
const SLUICE_LIMITS = {
  SLUICE_CLUSTER_MEMBERS: '',
  SLUICE_CLUSTER_PORT: '5861', // not where a node of somebody else may look for members
  SLUICE_CLUSTER_NAME: `bench-${process.pid}`,
  SLUICE_AUTH_SECRET: SECRET,
  SLUICE_LOG_FORMAT: 'json',
  SLUICE_GATEWAY_SESSION_MAX_CONNECTIONS_PER_ORG: '1000000',
  SLUICE_LOG_MAX_STREAMS_PER_ORG_PER_SHARD: '10000',
  SLUICE_GATEWAY_DRAIN_WINDOW: '0s',
};

/** The options of the JVM that ./sluice gives. */
export function jvmOptions(javaVersion) {
  return [
    ...(javaVersion >= 23 ? ['--sun-misc-unsafe-memory-access=allow'] : []),
    ...(javaVersion >= 25 ? ['-XX:+UseCompactObjectHeaders'] : []),
  ];
}

/** The hello of each connection: a user of its own. */
function sluiceHellos(layout, cursors) {
  return linesFile(Array.from({ length: layout.connections }, (_, connection) => {
    const services = streamsOf(connection, layout);
    return JSON.stringify({
      type: 'handshake', token: token({ sub: `user${connection}`, scope: 'realtime:read', ...layout.claims?.(connection) }), services,
      ...(cursors ? { cursors: Object.fromEntries(services.map((service) => [service, '%CURSOR%'])) } : {}),
    }).replaceAll('"%CURSOR%"', '%CURSOR%');
  }));
}

/** How to reach a Sluice node on a port. */
export function sluiceDoor(port, layout, { publishPort = port, cursors = false } = {}) {
  return {
    port,
    reader: ['--paths', linesFile(['/v2/realtime/stream']), '--hello', sluiceHellos(layout, cursors), '--ready', '"type":"subscribed"',
      '--ready-count', String(layout.slots ?? 1)],
    publisher: ['--to', 'sluice', '--port', String(publishPort), '--token-file',
      linesFile([token({ sub: 'publisher', scope: 'realtime:publish' })]), '--run', `r${Date.now().toString(36)}`],
  };
}

/**
 * Starts a Sluice process, gateway and publisher in one unless told otherwise, and waits until it is ready.
 *
 * @param {Layout} layout
 * @param {{ port?: number, core?: number | string, java?: string, javaVersion?: number, options?: string[], env?: Record<string, string>,
 *     verb?: string, cursors?: boolean, label?: string }} [how]
 */
export async function startSluice(layout, how = {}) {
  const { port = 4800, core = SERVER_CORE, java = javaAt(), options = [], env = {}, verb = 'node', label = 'sluice' } = how;
  mkdirSync(logs, { recursive: true });
  const log = `${logs}${label}.log`;
  const command = [java.command, ...jvmOptions(java.version), ...options, '-jar', jar, verb];
  const ports = verb === 'publisher' ? { SLUICE_PUBLISHER_HTTP_PORT: String(port) } : { SLUICE_GATEWAY_PORT: String(port) };
  const child = start(core, command, { log, env: { ...SLUICE_LIMITS, ...ports, ...env } });
  await orStop(child, async () => {
    await awaitPort(port, child);
    await awaitReady(port);
  });
  const door = sluiceDoor(port, layout, how);
  return new Server('sluice', child, door, { java: java.version, transport: transportIn(log) });
}

/** What does not become ready must not stay. */
async function orStop(child, ready) {
  try {
    await ready();
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function awaitReady(port) {
  const end = Date.now() + 120_000;
  while (Date.now() < end) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`port ${port} is not ready`);
}

function transportIn(log) {
  return /"transport":"([^"]+)"/.exec(readFileSync(log, 'utf8'))?.[1] ?? 'unknown';
}

/**
 * A Java and its version.
 *
 * @param {string} [home] its folder; by default JAVA_HOME, or what is on the path
 */
export function javaAt(home = process.env.JAVA_HOME) {
  const command = home ? `${home}/bin/java` : 'java';
  const { stderr } = spawnSync(command, ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
  if (version < 17) throw new Error(`${command} is no Java 17 or newer`);
  return { command, version };
}

/** Starts a peer or the floor. @param {string} kind one of PEERS @param {Layout} layout @param {number} [port] */
export async function startPeer(kind, layout, port = 4900) {
  mkdirSync(logs, { recursive: true });
  const { command, reader, nchan = false } = PEERS[kind](port, port + 1, layout);
  const child = start(SERVER_CORE, command, { log: `${logs}${kind}.log` });
  await orStop(child, async () => {
    await awaitPort(port, child);
    if (!nchan) await awaitPort(port + 1, child);
  });
  const publisher = nchan ? ['--to', 'nchan', '--port', String(port), '--depth', '32'] : ['--to', 'line', '--port', String(port + 1)];
  return new Server(kind, child, { port, reader, publisher });
}

/** Starts any server by its kind. */
export function startServer(kind, layout, how) {
  return kind === 'sluice' ? startSluice(layout, how) : startPeer(kind, layout);
}

const wsHello = (layout) => lines(layout, (streams) => JSON.stringify({ streams }));

const PEERS = {
  'floor': (port, feed) => ({ command: [`${root}benchmarks/native/target/floor`, '--port', port, '--feed-port', feed].map(String), reader: [] }),
  'floor-batch': (port, feed) => ({
    command: [`${root}benchmarks/native/target/floor`, '--batch', '--port', port, '--feed-port', feed].map(String), reader: [] }),
  'ws': (port, feed, layout) => ({
    command: ['node', `${peers}ws-server.mjs`, String(port), String(feed)],
    reader: ['--hello', wsHello(layout), '--ready', '"joined"'] }),
  'ws-deflate': (port, feed, layout) => ({
    command: ['node', `${peers}ws-server.mjs`, String(port), String(feed), 'deflate'],
    reader: ['--deflate', '--hello', wsHello(layout), '--ready', '"joined"'] }),
  'socket.io': (port, feed, layout) => ({
    command: ['node', `${peers}socketio-server.mjs`, String(port), String(feed)],
    reader: ['--paths', linesFile(['/socket.io/?EIO=4&transport=websocket']),
      '--hello', lines(layout, (streams) => `40${JSON.stringify({ streams })}`), '--ready', '40{'] }),
  'nchan': (port, feed, layout) => {
    const prefix = mkdtempSync(join(tmpdir(), 'sluice-nchan-'));
    writeFileSync(`${prefix}/nginx.conf`, readFileSync(`${peers}nchan.conf`, 'utf8').replace('@PORT@', String(port)));
    return {
      nchan: true,
      command: ['nginx', '-p', prefix, '-c', `${prefix}/nginx.conf`, '-e', 'stderr'],
      reader: ['--paths', lines(layout, (streams) => `/sub?id=${streams.join(',')}`)] };
  },
  'vertx-sockjs': (port, feed, layout) => ({
    command: [javaAt().command, '-cp', `${root}benchmarks/target/peers:${jar}`, 'VertxSockJs', String(port), String(feed)],
    // The bridge closes a client that does not ping for 10 s. A registration is answered only when it is refused, so one that is ends the hello.
    reader: ['--paths', linesFile(['/eventbus/websocket']), '--beat', '{"type":"ping"}', '--beat-ms', '5000', '--ready', 'access_denied',
      '--hello', lines(layout, (streams) => [...streams.map((address) => JSON.stringify({ type: 'register', address, headers: {} })),
        '{"type":"register","address":"refused","headers":{}}'].join('\t'))] }),
};
