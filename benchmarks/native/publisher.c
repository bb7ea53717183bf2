// SPDX-License-Identifier: Apache-2.0
//
// Publishes events by the clock: in every tick those that are due, whether or not earlier ones were answered late, each with the time
// at which it should have been sent. Ends when all are answered; prints one line of JSON; exits 1 if any was refused.
//
//   publisher --to sluice --port 4000 --token-file F --rate 100 --seconds 10 [--tick-us 10000] [--streams 1] [--slots 1]
//             [--lanes 1] [--depth 1] [--size 256] [--first 1] [--org bench] [--run a] [--data FILE]
//
// An event is filled up to its size with one letter, or with the lines of a file, each the inside of a JSON object.
// --to sluice: POST of CloudEvents in batches; --to nchan: one POST an event; --to line: a line an event over plain TCP.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

enum { MAX_BATCH = 500, MAX_LANES = 64, MAX_BODY = 1000 * 1000 };
typedef enum { TO_SLUICE, TO_NCHAN, TO_LINE } target;

typedef struct {
  uint32_t stream, number;
  uint64_t due;
} event;

// One connection; the events of a stream all go by the same, so they stay in order.
typedef struct {
  int fd;
  event *queue; // a ring: [done, sent) are under way, [sent, due) wait
  uint64_t done, sent, due, capacity;
  uint32_t *request; // how many events each request under way has, the oldest first
  uint64_t requests_sent, requests_done;
  char *out;
  size_t out_length, out_at;
  char in[65536];
  size_t in_length;
} lane;

static struct {
  target to;
  int port;
  double rate, seconds;
  uint64_t tick_us;
  uint32_t streams, slots, lanes, depth, size, first;
  const char *org, *run, *token;
} option = {TO_SLUICE, 4000, 100, 10, 10000, 1, 1, 1, 1, 256, 1, "bench", "a", ""};

static char **data;
static unsigned data_count;
static lane lanes[MAX_LANES];
static histogram answered;
static uint64_t refused, late_us;

static void die(const char *what) {
  fprintf(stderr, "publisher: %s: %s\n", what, strerror(errno));
  exit(2);
}

static int connect_to(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    die("connect");
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// The bytes of an event: a CloudEvent of exactly option.size bytes, or more if that is too few or there is data.
static size_t event_write(char *at, const event *e) {
  char stamp[MARK_LENGTH];
  mark_write(stamp, (mark){e->due, e->stream % option.slots, e->number});
  int length = sprintf(at,
                       "{\"specversion\":\"1.0\",\"id\":\"%s-%u-%u\",\"source\":\"/bench\",\"type\":\"bench.tick\",\"org\":\"%s\","
                       "\"service\":\"s%05u\",\"data\":{\"mark\":\"%.*s\"",
                       option.run, e->stream, e->number, option.org, e->stream, MARK_LENGTH, stamp);
  if (data_count > 0) {
    // What the first line does not fill is a list of further ones: a name may stand in an object once.
    unsigned i = 0;
    for (; i == 0 || length + 3 < (int)option.size; i++) {
      length += sprintf(at + length, i == 0 ? ",%s" : i == 1 ? ",\"more\":[{%s}" : ",{%s}", data[(e->number * 7 + i) % data_count]);
    }
    if (i > 1) {
      at[length++] = ']';
    }
    memcpy(at + length, "}}", 2);
    return (size_t)length + 2;
  }
  length += sprintf(at + length, ",\"pad\":\"");
  int pad = (int)option.size - length - 3;
  if (pad > 0) {
    memset(at + length, 'x', (size_t)pad);
    length += pad;
  }
  memcpy(at + length, "\"}}", 3);
  return (size_t)length + 3;
}

static void request_add(lane *l, const char *path, const char *type, const char *body, size_t length, uint32_t events) {
  int head = sprintf(l->out + l->out_length,
                     "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", path,
                     *option.token ? "Authorization: Bearer " : "", option.token, *option.token ? "\r\n" : "", type, length);
  memcpy(l->out + l->out_length + head, body, length);
  l->out_length += (size_t)head + length;
  l->request[l->requests_sent++ % option.depth] = events;
}

// Puts the next request of a lane into its empty output.
static void request_next(lane *l) {
  static char body[MAX_BODY + 200000];
  size_t length = 0;
  uint32_t events = 0;
  if (option.to == TO_NCHAN) {
    const event *e = &l->queue[l->sent++ % l->capacity];
    char path[64];
    sprintf(path, "/pub?id=s%05u", e->stream);
    length = event_write(body, e);
    request_add(l, path, "application/json", body, length, 1);
    return;
  }
  while (l->sent < l->due && events < MAX_BATCH && length + option.size < MAX_BODY) {
    body[length++] = events == 0 ? '[' : ',';
    length += event_write(body + length, &l->queue[l->sent++ % l->capacity]);
    events++;
  }
  body[length++] = ']';
  request_add(l, "/v2/realtime/events", "application/cloudevents-batch+json", body, length, events);
}

static void flush(lane *l) {
  while (l->out_at < l->out_length) {
    ssize_t n = send(l->fd, l->out + l->out_at, l->out_length - l->out_at, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) {
      return;
    }
    if (n < 0) {
      die("send");
    }
    l->out_at += (size_t)n;
  }
  l->out_at = l->out_length = 0;
}

static void lane_send(lane *l) {
  if (l->out_length > 0) {
    flush(l);
  }
  if (option.to == TO_LINE) {
    while (l->out_length == 0 && l->sent < l->due) {
      for (unsigned i = 0; i < MAX_BATCH && l->sent < l->due && l->out_length < MAX_BODY; i++) {
        l->out_length += event_write(l->out + l->out_length, &l->queue[l->sent++ % l->capacity]);
        l->out[l->out_length++] = '\n';
      }
      l->done = l->sent;
      flush(l);
    }
    return;
  }
  while (l->out_length < MAX_BODY && l->sent < l->due && l->requests_sent - l->requests_done < option.depth) {
    request_next(l);
  }
  flush(l);
}

// Takes one answer from the input; false when it is not all there.
static bool answer_take(lane *l) {
  l->in[l->in_length] = 0;
  char *end = strstr(l->in, "\r\n\r\n");
  if (end == NULL) {
    return false;
  }
  char *field = strcasestr(l->in, "content-length:");
  size_t body = field != NULL && field < end ? strtoul(field + 15, NULL, 10) : 0;
  size_t whole = (size_t)(end + 4 - l->in) + body;
  if (whole >= sizeof l->in) { // 500 results are about 45 KB
    fprintf(stderr, "publisher: an answer of %zu bytes\n", whole);
    exit(2);
  }
  if (whole > l->in_length) {
    return false;
  }
  int status = atoi(l->in + 9);
  uint32_t events = l->request[l->requests_done++ % option.depth];
  if (status < 200 || status > 202) {
    if (refused == 0) {
      fprintf(stderr, "publisher: refused: %.300s\n", l->in);
    }
    refused += events;
  }
  uint64_t now = now_us();
  for (uint32_t i = 0; i < events; i++) {
    hist_add(&answered, now - l->queue[l->done++ % l->capacity].due);
  }
  memmove(l->in, l->in + whole, l->in_length - whole);
  l->in_length -= whole;
  return true;
}

static void lane_receive(lane *l) {
  ssize_t n = recv(l->fd, l->in + l->in_length, sizeof l->in - 1 - l->in_length, 0);
  if (n == 0 || (n < 0 && errno != EAGAIN)) {
    n == 0 ? (void)(errno = ECONNRESET) : (void)0;
    die("the server closed the connection");
  }
  l->in_length += n > 0 ? (size_t)n : 0;
  while (answer_take(l)) {
  }
}

static void read_data(const char *path) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t size = 0;
  if (file == NULL) {
    die(path);
  }
  while (getline(&line, &size, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    if (strlen(line) > 2000) {
      die("a line of --data is over 2 000 bytes");
    }
    data = realloc(data, (data_count + 1) * sizeof *data);
    data[data_count++] = strdup(line);
  }
  fclose(file);
}

static void options(int count, char **words) {
  static const struct option names[] = {
      {"to", 1, 0, 't'},    {"port", 1, 0, 'p'},  {"token-file", 1, 0, 'k'}, {"rate", 1, 0, 'r'}, {"seconds", 1, 0, 's'},
      {"tick-us", 1, 0, 'T'}, {"streams", 1, 0, 'n'}, {"slots", 1, 0, 'l'},    {"lanes", 1, 0, 'L'}, {"depth", 1, 0, 'd'},
      {"size", 1, 0, 'z'},  {"first", 1, 0, 'f'}, {"org", 1, 0, 'o'},        {"run", 1, 0, 'u'},  {"data", 1, 0, 'D'},
      {0}};
  for (int c; (c = getopt_long(count, words, "", names, NULL)) != -1;) {
    switch (c) {
    case 't': option.to = !strcmp(optarg, "sluice") ? TO_SLUICE : !strcmp(optarg, "nchan") ? TO_NCHAN : TO_LINE; break;
    case 'p': option.port = atoi(optarg); break;
    case 'r': option.rate = atof(optarg); break;
    case 's': option.seconds = atof(optarg); break;
    case 'T': option.tick_us = strtoull(optarg, NULL, 10); break;
    case 'n': option.streams = (uint32_t)atoi(optarg); break;
    case 'l': option.slots = (uint32_t)atoi(optarg); break;
    case 'L': option.lanes = (uint32_t)atoi(optarg); break;
    case 'd': option.depth = (uint32_t)atoi(optarg); break;
    case 'z': option.size = (uint32_t)atoi(optarg); break;
    case 'f': option.first = (uint32_t)atoi(optarg); break;
    case 'o': option.org = optarg; break;
    case 'u': option.run = optarg; break;
    case 'D': read_data(optarg); break;
    case 'k': {
      static char token[4096];
      FILE *file = fopen(optarg, "r");
      if (file == NULL || fgets(token, sizeof token, file) == NULL) {
        die(optarg);
      }
      fclose(file);
      token[strcspn(token, "\r\n")] = 0;
      option.token = token;
      break;
    }
    default: exit(2);
    }
  }
  if (option.lanes < 1 || option.lanes > MAX_LANES || option.depth < 1 || option.size > 100000 || option.slots < 1 || option.slots > 1000) {
    fprintf(stderr, "publisher: an option is out of bounds\n");
    exit(2);
  }
}

int main(int count, char **words) {
  options(count, words);
  uint64_t total = (uint64_t)(option.rate * option.seconds + 0.5), made = 0, open = 1;
  for (unsigned i = 0; i < option.lanes; i++) {
    lane *l = &lanes[i];
    l->fd = connect_to(option.port);
    l->capacity = total / option.lanes + option.streams + 1; // whatever is late waits here
    l->queue = malloc(l->capacity * sizeof(event));
    l->request = malloc(option.depth * sizeof *l->request);
    l->out = malloc(2 * MAX_BODY + 200000 + 1000 * option.depth);
    if (l->queue == NULL || l->request == NULL || l->out == NULL) {
      die("memory");
    }
  }
  uint64_t start = now_us();
  while (open > 0) {
    uint64_t now = now_us(), tick = (now - start) / option.tick_us;
    // What this tick and the missed ones before it have to send; each with its own tick's time.
    while (made < total) {
      uint64_t of = (uint64_t)((double)made / option.rate * 1e6) / option.tick_us;
      if (of > tick) {
        break;
      }
      uint32_t stream = (uint32_t)(made % option.streams);
      lane *l = &lanes[stream % option.lanes];
      uint64_t due = start + of * option.tick_us;
      late_us = now - due > late_us ? now - due : late_us;
      l->queue[l->due++ % l->capacity] = (event){stream, option.first + (uint32_t)(made / option.streams), due};
      made++;
    }
    struct pollfd polls[MAX_LANES];
    open = total - made;
    for (unsigned i = 0; i < option.lanes; i++) {
      lane_send(&lanes[i]);
      open += lanes[i].due - lanes[i].done + lanes[i].out_length;
      polls[i] = (struct pollfd){lanes[i].fd, (short)(POLLIN | (lanes[i].out_length > 0 ? POLLOUT : 0)), 0};
    }
    if (open == 0) {
      break;
    }
    uint64_t next = start + (tick + 1) * option.tick_us, at = now_us();
    uint64_t wait_us = made < total ? (next > at ? next - at : 0) : 100000;
    struct timespec wait = {(time_t)(wait_us / 1000000), (long)(wait_us % 1000000) * 1000};
    if (ppoll(polls, option.lanes, &wait, NULL) > 0) {
      for (unsigned i = 0; i < option.lanes; i++) {
        if (polls[i].revents & (POLLIN | POLLHUP | POLLERR)) {
          lane_receive(&lanes[i]);
        }
      }
    }
    if (now_us() > start + (uint64_t)(option.seconds * 1e6) + 60000000u) {
      fprintf(stderr, "publisher: not answered for a minute\n");
      return 1;
    }
  }
  printf("{\"sent\":%lu,\"refused\":%lu,\"late_us\":%lu,\"seconds\":%.3f,\"cpu_seconds\":%.3f,", made, refused, late_us,
         (double)(now_us() - start) / 1e6, cpu_seconds());
  hist_json(&answered, stdout);
  printf("}\n");
  return refused > 0;
}
