// SPDX-License-Identifier: Apache-2.0
//
// What Sluice replaces, as a program of two parts: `serve PORT` is the ten services, each with a list of what happened and a GET that
// answers what is newer than a number; `browse PORT BROWSERS SERVICES INTERVAL_MS SECONDS` is the browsers, each with ten timers.
// The requests have the headers that a browser sends with a token; the events are those of the same size that the gateway delivers.
import { Agent, createServer, request } from 'node:http';

const HOLD = 1000;

function serve(port) {
  const services = new Map();
  const eventsOf = (name) => services.get(name) ?? services.set(name, []).get(name);
  const server = createServer((incoming, response) => {
    const [, name, since] = incoming.url.split('/');
    if (incoming.method === 'POST') {
      let body = '';
      incoming.on('data', (part) => (body += part)).on('end', () => {
        const events = eventsOf(name);
        events.push(body);
        if (events.length > HOLD) throw new Error('more events than are held');
        response.writeHead(204).end();
      });
      return;
    }
    const events = eventsOf(name);
    const body = `{"next":${events.length},"events":[${events.slice(Number(since)).join(',')}]}`;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body);
  });
  server.keepAliveTimeout = 120_000;
  server.listen({ port, host: '127.0.0.1', backlog: 4096 });
}

const HEADERS = {
  'Accept': 'application/json, text/plain, */*', 'Accept-Encoding': 'gzip, deflate, br, zstd', 'Accept-Language': 'de-DE,de;q=0.9,en;q=0.8',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Authorization': `Bearer ${'x'.repeat(420)}`, 'Referer': 'https://app.example.com/', 'Sec-Fetch-Mode': 'cors',
};

async function browse(port, browsers, services, intervalMs, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: 500, maxFreeSockets: 500 });
  const totals = { requests: 0, bytes: 0, events: 0, delayMsSum: 0, errors: 0 };
  const poll = (place) => new Promise((resolve) => {
    const outgoing = request({ host: '127.0.0.1', port, path: `/s${place.service}/${place.next}`, agent, headers: HEADERS }, (response) => {
      let body = '';
      response.on('data', (part) => (body += part)).on('end', () => {
        const now = Number(process.hrtime.bigint() / 1000n);
        const head = response.rawHeaders.reduce((sum, word) => sum + word.length + 2, 19);
        totals.requests++;
        totals.bytes += requestBytes(place) + head + body.length;
        for (const mark of body.matchAll(/@@(\d{16})/g)) {
          totals.events++;
          totals.delayMsSum += (now - Number(mark[1])) / 1000;
        }
        place.next = JSON.parse(body).next;
        resolve();
      });
    });
    outgoing.on('error', () => resolve(totals.errors++));
    outgoing.end();
  });
  const requestBytes = (place) => `GET /s${place.service}/${place.next} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: keep-alive\r\n`.length
    + Object.entries(HEADERS).reduce((sum, [key, value]) => sum + key.length + value.length + 4, 2);
  const end = Date.now() + seconds * 1000;
  const places = Array.from({ length: browsers * services }, (_, i) => ({ service: i % services, next: 0 }));
  // Their moments are spread evenly, as those of people who opened their pages at different times.
  await Promise.all(places.map(async (place, i) => {
    let at = Date.now() + (intervalMs * i) / places.length;
    while (at < end) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));
      await poll(place);
      at += intervalMs;
    }
  }));
  agent.destroy();
  console.log(JSON.stringify(totals));
}

const [verb, ...numbers] = process.argv.slice(2);
if (verb === 'serve') serve(Number(numbers[0]));
else await browse(...numbers.map(Number));
