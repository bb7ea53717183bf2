// SPDX-License-Identifier: Apache-2.0

/** A WebSocket whose other end is the test. All that were opened stand in `sockets`, the newest last. */
export class FakeWebSocket {
  static OPEN = 1;
  /** @type {FakeWebSocket[]} */
  static sockets = [];

  readyState = 0;
  sent = [];
  closed = false;

  constructor(url, protocol) {
    this.url = String(url);
    this.protocol = protocol;
    FakeWebSocket.sockets.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
    this.readyState = 2;
  }

  // ---- what the server does ----

  accept() {
    this.readyState = FakeWebSocket.OPEN;
    this.onopen();
  }

  deliver(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  end(code) {
    this.readyState = 3;
    this.onclose({ code });
  }
}
