// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

enum { READ_SIZE = 256 * 1024, PER_ADDRESS = 20000, TEXT = 1, CLOSE = 8, PING = 9, PONG = 10, MAX_MESSAGE = 4 << 20 };

connection_options options = {.ready_text = "", .ready_count = 0, .slots = 1};
totals seen;

static uint8_t input[READ_SIZE + MAX_MESSAGE];
static mark_finder finder;

void connection_open(connection *c) {
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK + c->index / PER_ADDRESS)}};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int on = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (options.receive_buffer > 0) {
    setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof options.receive_buffer);
  }
  if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0 ||
      (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)) {
    perror("reader: connect");
    exit(2);
  }
  c->state = CONNECTING;
  c->ready = 0;
  c->reading = true;
  c->dropped = false;
  c->carry_length = 0;
  if (c->next == NULL) {
    c->next = calloc(options.slots, sizeof *c->next);
  } else if (!options.follow) { // comes back without a cursor, so what it missed is not expected
    memset(c->next, 0, options.slots * sizeof *c->next);
  }
}

void connection_close(connection *c) {
  if (c->fd >= 0) {
    close(c->fd);
  }
  c->fd = -1;
  c->state = CLOSED;
  free(c->carry);
  c->carry = NULL;
  c->carry_length = 0;
}

static void send_all(connection *c, const void *bytes, size_t length) {
  if (send(c->fd, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) {
    seen.errors++;
  }
}

void connection_upgrade(connection *c, const char *path) {
  char request[4096];
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                        path ? path : "/", options.port,
                        options.deflate ? "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                                          "client_no_context_takeover\r\n"
                                        : "");
  send_all(c, request, (size_t)length);
  c->state = UPGRADING;
}

void connection_send(connection *c, const char *text, size_t length, uint8_t opcode) {
  static uint8_t frame[8192];
  if (length > sizeof frame - 8) {
    seen.errors++;
    return;
  }
  size_t at = 0;
  frame[at++] = 0x80 | opcode;
  if (length < 126) {
    frame[at++] = 0x80 | (uint8_t)length;
  } else {
    frame[at++] = 0x80 | 126;
    frame[at++] = (uint8_t)(length >> 8);
    frame[at++] = (uint8_t)length;
  }
  memset(frame + at, 0, 4); // masked with a key of zeros: the bytes stay as they are
  memcpy(frame + at + 4, text, length);
  send_all(c, frame, at + 4 + length);
}

static void say_hello(connection *c, const char *hello) {
  for (const char *end; hello != NULL && (end = strchr(hello, '\t')) != NULL; hello = end + 1) {
    connection_send(c, hello, (size_t)(end - hello), TEXT);
  }
  if (hello == NULL) {
    return;
  }
  char text[8000];
  const char *hole = strstr(hello, "%CURSOR%");
  if (hole == NULL) {
    connection_send(c, hello, strlen(hello), TEXT);
    return;
  }
  char cursor[64] = "\"latest\"";
  if (*c->epoch) {
    snprintf(cursor, sizeof cursor, "{\"epoch\":\"%s\",\"seq\":%lu}", c->epoch, c->seq);
  }
  int length = snprintf(text, sizeof text, "%.*s%s%s", (int)(hole - hello), hello, cursor, hole + 8);
  connection_send(c, text, (size_t)length, TEXT);
}

static void become_ready(connection *c) {
  c->was_ready = true;
  seen.caught_up += options.follow;
}

// The head of the answer to the upgrade; returns its length, 0 when it is not all there.
static size_t upgraded(connection *c, uint8_t *bytes, size_t length, const char *hello) {
  uint8_t *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (end == NULL) {
    return 0;
  }
  *end = 0;
  int status = atoi((char *)bytes + 9);
  if (status != 101) {
    const char *after = strcasestr((char *)bytes, "\nretry-after:");
    if (seen.refused++ == 0 && status != 503) {
      fprintf(stderr, "reader: %.300s\n", bytes);
    }
    // Spread over the second after, as clients do.
    c->retry_at = now_us() + (after ? (uint64_t)atoi(after + 13) * 1000000u : 1000000u) + (uint64_t)(rand() % 1000000);
    connection_close(c);
    return length;
  }
  c->state = OPEN;
  say_hello(c, hello);
  if (options.ready_count == 0) {
    c->ready = 1;
    become_ready(c);
  }
  return (size_t)(end + 4 - bytes);
}

typedef struct {
  connection *c;
  uint64_t now;
} arrival;

static void take_event(void *context, mark m) {
  arrival *a = context;
  uint32_t *next = &a->c->next[m.slot < options.slots ? m.slot : 0];
  if (*next != 0 && m.number != *next) {
    if (m.number < *next) {
      seen.repeated++;
      return;
    }
    seen.missing += m.number - *next;
  }
  *next = m.number + 1;
  seen.events++;
  hist_add(&seen.delay, a->now > m.sent_us ? a->now - m.sent_us : 0);
}

static void follow(connection *c, const char *text, size_t length) {
  size_t head = length < 200 ? length : 200;
  const char *epoch = memmem(text, head, "\"epoch\":\"", 9), *seq = memmem(text, head, "\"seq\":", 6);
  if (epoch == NULL || seq == NULL || memmem(text, head, "\"service\"", 9) == NULL) {
    return;
  }
  const char *end = memchr(epoch + 9, '"', (size_t)(text + head - epoch) - 9);
  if (end != NULL && end - epoch - 9 < (long)sizeof c->epoch) {
    memcpy(c->epoch, epoch + 9, (size_t)(end - epoch) - 9);
    c->epoch[end - epoch - 9] = 0;
    c->seq = strtoull(seq + 6, NULL, 10);
  }
}

static void take_control(connection *c, const char *text, size_t length) {
  if (length == 1 && *text == '2') { // Engine.IO asks whether we live
    connection_send(c, "3", 1, TEXT);
    return;
  }
  if (options.follow && memmem(text, length, "\"recovered\":false", 17) != NULL) {
    seen.errors++;
  }
  if (options.ready_count > 0 && memmem(text, length, options.ready_text, strlen(options.ready_text)) != NULL &&
      ++c->ready == options.ready_count) {
    become_ready(c);
  }
}

static const char *inflate_message(const uint8_t *bytes, size_t *length) {
  static uint8_t out[MAX_MESSAGE];
  static z_stream stream;
  static bool begun;
  if (!begun) {
    inflateInit2(&stream, -15);
    begun = true;
  }
  inflateReset(&stream); // each message is deflated by itself, that was agreed on
  static const uint8_t tail[4] = {0, 0, 0xff, 0xff};
  stream.next_out = out;
  stream.avail_out = sizeof out;
  stream.next_in = (uint8_t *)bytes;
  stream.avail_in = (unsigned)*length;
  int first = inflate(&stream, Z_SYNC_FLUSH);
  stream.next_in = (uint8_t *)tail;
  stream.avail_in = sizeof tail;
  int second = inflate(&stream, Z_SYNC_FLUSH);
  seen.errors += (first != Z_OK && first != Z_BUF_ERROR) || (second != Z_OK && second != Z_BUF_ERROR);
  *length = sizeof out - stream.avail_out;
  return (const char *)out;
}

static void take_message(connection *c, uint8_t first, const uint8_t *bytes, size_t length, uint64_t now) {
  uint8_t opcode = first & 15;
  if (opcode == PING) {
    connection_send(c, (const char *)bytes, length, PONG);
  } else if (opcode == CLOSE) {
    seen.last_close = length >= 2 ? (uint32_t)(bytes[0] << 8 | bytes[1]) : 1005;
  } else if (opcode <= 2) {
    const char *text = first & 0x40 ? inflate_message(bytes, &length) : (const char *)bytes;
    arrival a = {c, now};
    seen.frames++;
    if (options.follow) {
      follow(c, text, length);
    }
    if (marks_each(&finder, text, length, take_event, &a) == 0) {
      take_control(c, text, length);
    }
  }
}

// Handles all frames that are whole; returns how many bytes they had.
static size_t take_frames(connection *c, uint8_t *bytes, size_t length, uint64_t now) {
  size_t at = 0;
  while (length - at >= 2 && c->fd >= 0) {
    size_t head = 2, size = bytes[at + 1] & 127;
    if (size == 126) {
      head = 4;
    } else if (size == 127) {
      head = 10;
    }
    if (length - at < head) {
      break;
    }
    if (head > 2) {
      size = 0;
      for (size_t i = 2; i < head; i++) {
        size = size << 8 | bytes[at + i];
      }
    }
    if (size > MAX_MESSAGE) {
      fprintf(stderr, "reader: a frame of %zu bytes\n", size);
      exit(2);
    }
    if (length - at - head < size) {
      break;
    }
    take_message(c, bytes[at], bytes + at + head, size, now);
    at += head + size;
  }
  return at;
}

void connection_read(connection *c, const char *hello) {
  memcpy(input, c->carry, c->carry_length);
  ssize_t n = recv(c->fd, input + c->carry_length, READ_SIZE, 0);
  if (n < 0 && errno == EAGAIN) {
    return;
  }
  if (n <= 0) {
    seen.closed++;
    connection_close(c);
    return;
  }
  uint64_t now = now_us();
  seen.bytes += (uint64_t)n;
  size_t length = c->carry_length + (size_t)n, at = 0;
  if (c->state == UPGRADING) {
    at = upgraded(c, input, length, hello);
  }
  if (c->state == OPEN) {
    at += take_frames(c, input + at, length - at, now);
  }
  if (c->fd < 0) {
    return;
  }
  size_t rest = length - at;
  if (rest > c->carry_length || (rest > 0 && c->carry == NULL)) {
    c->carry = realloc(c->carry, rest);
  }
  memcpy(c->carry, input + at, rest);
  c->carry_length = rest;
}
