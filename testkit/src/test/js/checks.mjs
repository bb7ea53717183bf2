// SPDX-License-Identifier: Apache-2.0
/**
 * What every foreign client does: handshake, count, check the order, say when it has all. Prints one JSON line for the test.
 *
 * @param {{ send: (text: string) => void, close: () => void }} socket
 * @param {{ token: string, service: string, count: number, cursor: unknown }} options
 */
export function follow(socket, { token, service, count, cursor }) {
  let received = 0;
  let last = null;
  let replayed = 0;
  const ids = [];
  return {
    onOpen() {
      socket.send(
        JSON.stringify({
          type: 'handshake',
          token,
          services: [service],
          cursors: { [service]: cursor },
          client: { name: 'foreign', version: '1' },
        }),
      );
    },
    onText(text) {
      const frame = JSON.parse(text);
      if (frame.type === 'subscribed') {
        console.error('subscribed');
      } else if (frame.type === 'error') {
        throw new Error(text);
      } else if (frame.type === 'event') {
        const first = frame.seq - frame.events.length + 1;
        if (last !== null && first !== last + 1) {
          throw new Error(`after ${last} came ${first}`);
        }
        last = frame.seq;
        received += frame.events.length;
        replayed += frame.replay ? frame.events.length : 0;
        ids.push(...frame.events.map((event) => event.id));
        if (received >= count) {
          console.log(JSON.stringify({ received, last, replayed, ids }));
          socket.close();
        }
      }
    },
  };
}

/** The options of the command line: url token service count cursor-as-JSON. */
export function options() {
  const [url, token, service, count, cursor] = process.argv.slice(2);
  return { url, token, service, count: Number(count), cursor: JSON.parse(cursor) };
}
