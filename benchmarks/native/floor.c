// SPDX-License-Identifier: Apache-2.0
//
// The floor: the least that a server can do. Answers WebSocket upgrades, takes lines over TCP, and sends each to every WebSocket with
// one send() a frame. No tokens, no streams, no history. What a socket does not take at once waits in a buffer of its own and goes
// with the next write, as any server must do.
//
//   floor --port 5000 --feed-port 5001 [--batch]
//
// --batch: what arrives in one read of the feed goes in one frame, as an array: the same batches as a gateway that batches.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_SOCKETS = 100000, FEED_SIZE = 1 << 20 };

typedef struct {
  bool is_feed, is_listener, open;
  int fd;
  uint8_t *waiting; // what the socket did not take
  size_t waiting_from, waiting_length, waiting_capacity;
  unsigned place; // among the receivers
} peer;

static int poll_fd;
static peer *receivers[MAX_SOCKETS];
static unsigned receiver_count;
static bool batch;

static void die(const char *what) {
  perror(what);
  exit(2);
}

static void watch(peer *p, int how, uint32_t events) {
  struct epoll_event e = {.events = events, .data.ptr = p};
  epoll_ctl(poll_fd, how, p->fd, &e);
}

static void leave(peer *p) {
  if (p->open) {
    receivers[p->place] = receivers[--receiver_count];
    receivers[p->place]->place = p->place;
  }
  close(p->fd);
  free(p->waiting);
  free(p);
}

static void write_to(peer *p, const uint8_t *bytes, size_t length) {
  size_t sent = 0;
  if (p->waiting_length == 0) {
    ssize_t n = send(p->fd, bytes, length, MSG_NOSIGNAL);
    if (n == (ssize_t)length) {
      return;
    }
    sent = n > 0 ? (size_t)n : 0;
    watch(p, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  }
  size_t rest = length - sent;
  if (p->waiting_from > 0 && p->waiting_length + rest > p->waiting_capacity) {
    p->waiting_length -= p->waiting_from;
    memmove(p->waiting, p->waiting + p->waiting_from, p->waiting_length);
    p->waiting_from = 0;
  }
  if (p->waiting_length + rest > p->waiting_capacity) {
    p->waiting_capacity = 2 * (p->waiting_length + rest);
    p->waiting = realloc(p->waiting, p->waiting_capacity);
  }
  memcpy(p->waiting + p->waiting_length, bytes + sent, rest);
  p->waiting_length += rest;
}

static void write_waiting(peer *p) {
  ssize_t n = send(p->fd, p->waiting + p->waiting_from, p->waiting_length - p->waiting_from, MSG_NOSIGNAL);
  p->waiting_from += n > 0 ? (size_t)n : 0;
  if (p->waiting_from == p->waiting_length) {
    p->waiting_from = p->waiting_length = 0;
    watch(p, EPOLL_CTL_MOD, EPOLLIN);
  }
}

static void fan_out(const char *json, size_t length) {
  static uint8_t frame[FEED_SIZE + 16];
  size_t head = 2;
  frame[0] = 0x81;
  if (length < 126) {
    frame[1] = (uint8_t)length;
  } else if (length < 65536) {
    frame[1] = 126;
    frame[2] = (uint8_t)(length >> 8);
    frame[3] = (uint8_t)length;
    head = 4;
  } else {
    frame[1] = 127;
    for (int i = 0; i < 8; i++) {
      frame[2 + i] = (uint8_t)((uint64_t)length >> (56 - 8 * i));
    }
    head = 10;
  }
  memcpy(frame + head, json, length);
  for (unsigned i = 0; i < receiver_count; i++) {
    write_to(receivers[i], frame, head + length);
  }
}

static void read_feed(peer *p) {
  static char lines[FEED_SIZE], array[FEED_SIZE + 2];
  static size_t length;
  ssize_t n = recv(p->fd, lines + length, sizeof lines - length, 0);
  if (n <= 0) {
    leave(p);
    length = 0;
    return;
  }
  length += (size_t)n;
  size_t at = 0, size = 0;
  char *end;
  array[size++] = '[';
  while ((end = memchr(lines + at, '\n', length - at)) != NULL) {
    size_t line = (size_t)(end - lines) - at;
    if (batch) {
      memcpy(array + size, lines + at, line);
      size += line;
      array[size++] = ',';
    } else {
      fan_out(lines + at, line);
    }
    at += line + 1;
  }
  if (batch && size > 1) {
    array[size - 1] = ']';
    fan_out(array, size);
  }
  length -= at;
  memmove(lines, lines + at, length);
}

static void read_receiver(peer *p) {
  char input[4096];
  ssize_t n = recv(p->fd, input, sizeof input - 1, 0);
  if (n <= 0) {
    leave(p);
    return;
  }
  if (!p->open) { // the reader sends its request in one piece and always with the key of RFC 6455's example
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    if (send(p->fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0 || receiver_count == MAX_SOCKETS) {
      leave(p);
      return;
    }
    p->open = true;
    p->place = receiver_count;
    receivers[receiver_count++] = p;
  }
}

static peer *new_peer(int fd, bool is_feed, bool is_listener) {
  peer *p = calloc(1, sizeof *p);
  *p = (peer){.fd = fd, .is_feed = is_feed, .is_listener = is_listener};
  watch(p, EPOLL_CTL_ADD, EPOLLIN);
  return p;
}

static void listen_at(int port, bool is_feed) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 4096) < 0) {
    die("floor: listen");
  }
  new_peer(fd, is_feed, true);
}

static void accept_all(const peer *listener) {
  int fd, on = 1;
  while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    new_peer(fd, listener->is_feed, false);
  }
}

int main(int count, char **words) {
  int port = 5000, feed_port = 5001;
  for (int i = 1; i < count; i++) {
    if (!strcmp(words[i], "--batch")) {
      batch = true;
    } else if (!strcmp(words[i], "--port") && i + 1 < count) {
      port = atoi(words[++i]);
    } else if (!strcmp(words[i], "--feed-port") && i + 1 < count) {
      feed_port = atoi(words[++i]);
    }
  }
  struct rlimit files = {MAX_SOCKETS, MAX_SOCKETS};
  setrlimit(RLIMIT_NOFILE, &files);
  poll_fd = epoll_create1(0);
  listen_at(port, false);
  listen_at(feed_port, true);
  for (;;) {
    struct epoll_event events[512];
    int n = epoll_wait(poll_fd, events, 512, -1);
    for (int i = 0; i < n; i++) {
      peer *p = events[i].data.ptr;
      if (p->is_listener) {
        accept_all(p);
      } else if (p->is_feed) {
        read_feed(p);
      } else if (events[i].events & EPOLLOUT) {
        write_waiting(p);
      } else {
        read_receiver(p);
      }
    }
  }
}
