// SPDX-License-Identifier: Apache-2.0
//
// Holds many WebSockets, counts and checks the events that arrive on them, and measures how late each is.
//
//   reader --port 4000 --connections 1000 [--paths FILE] [--hello FILE] [--ready TEXT --ready-count 1] [--slots 1] [--parallel 100]
//          [--deflate] [--follow] [--beat TEXT --beat-ms 5000] [--receive-buffer BYTES]
//
// --hello: a file with what to send on opening, one line a connection (line i for connection i, over again from the first when there
// are fewer), several messages with tabs between. --paths: what to ask for, in the same way; "/" without. Prints {"ready":N,…} when all are ready. Then obeys lines on standard input, each answered with one line of JSON:
//   stats           what arrived since the last mark
//   mark            the same, and begins anew
//   stall A B       connections A to B-1 are not read any more        resume A B    are read again
//   drop A B        are cut                                           reconnect A B come back (a 503 is obeyed and tried again)
//   quit
// With stalled connections, "events" and the delays are those of the others, for nobody reads theirs.
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"

static connection *connections;
static unsigned total, parallel = 100, pending;
typedef struct {
  char **lines;
  unsigned count;
} line_file;
static line_file hellos, paths;
static const char *beat;
static uint64_t beat_us = 5000000, next_beat, began_us;
static double began_cpu;
static int poll_fd;

static const char *line_of(const line_file *file, const connection *c) {
  return file->count == 0 ? NULL : file->lines[c->index % file->count];
}

static void watch(connection *c, int how, uint32_t events) {
  struct epoll_event e = {.events = events, .data.ptr = c};
  if (epoll_ctl(poll_fd, how, c->fd, &e) < 0) {
    perror("reader: epoll_ctl");
    exit(2);
  }
}

static void open_one(connection *c) {
  connection_open(c);
  watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

static unsigned count_ready(void) {
  unsigned ready = 0;
  for (unsigned i = 0; i < total; i++) {
    ready += connections[i].state == OPEN && connections[i].ready >= (options.ready_count ? options.ready_count : 1);
  }
  return ready;
}

static void print_stats(void) {
  printf("{\"ready\":%u,\"events\":%lu,\"frames\":%lu,\"bytes\":%lu,\"missing\":%lu,\"repeated\":%lu,\"closed\":%lu,\"last_close\":%u,"
         "\"refused\":%lu,\"errors\":%lu,\"came_back\":%lu,\"seconds\":%.3f,\"cpu_seconds\":%.3f,",
         count_ready(), seen.events, seen.frames, seen.bytes, seen.missing, seen.repeated, seen.closed, seen.last_close, seen.refused,
         seen.errors, seen.caught_up, (double)(now_us() - began_us) / 1e6, cpu_seconds() - began_cpu);
  hist_json(&seen.delay, stdout);
  printf("}\n");
  fflush(stdout);
}

static void obey(char *line) {
  char word[16] = "";
  unsigned from = 0, to = 0;
  sscanf(line, "%15s %u %u", word, &from, &to);
  to = to < total ? to : total;
  for (unsigned i = from; i < to; i++) {
    connection *c = &connections[i];
    if (!strcmp(word, "stall") && c->fd >= 0) {
      c->reading = false;
      watch(c, EPOLL_CTL_MOD, 0);
    } else if (!strcmp(word, "resume") && c->fd >= 0) {
      c->reading = true;
      watch(c, EPOLL_CTL_MOD, EPOLLIN);
    } else if (!strcmp(word, "drop") && c->fd >= 0) {
      struct linger at_once = {1, 0};
      setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      connection_close(c);
      c->dropped = true;
    } else if (!strcmp(word, "reconnect") && c->fd < 0) {
      c->retry_at = 1;
    }
  }
  if (!strcmp(word, "quit")) {
    exit(0);
  }
  print_stats();
  if (!strcmp(word, "mark")) {
    memset(&seen, 0, sizeof seen);
    began_us = now_us();
    began_cpu = cpu_seconds();
  }
}

static void read_commands(void) {
  static char buffer[4096];
  static size_t length;
  ssize_t n = read(0, buffer + length, sizeof buffer - 1 - length);
  if (n <= 0) {
    exit(0); // whoever started us is gone
  }
  length += (size_t)n;
  buffer[length] = 0;
  char *end;
  while ((end = strchr(buffer, '\n')) != NULL) {
    *end = 0;
    obey(buffer);
    length -= (size_t)(end + 1 - buffer);
    memmove(buffer, end + 1, length + 1);
  }
}

// Connects what is due; at most `parallel` at a time are on their way.
static void connect_due(void) {
  unsigned under_way = 0;
  uint64_t now = now_us();
  pending = 0;
  for (unsigned i = 0; i < total; i++) {
    connection *c = &connections[i];
    under_way += c->state == CONNECTING || c->state == UPGRADING || (c->state == OPEN && c->ready < options.ready_count);
    pending += c->state == CLOSED && c->retry_at > 0;
  }
  for (unsigned i = 0; i < total && pending > 0 && under_way < parallel; i++) {
    connection *c = &connections[i];
    if (c->state == CLOSED && c->retry_at > 0 && c->retry_at <= now) {
      c->retry_at = 0;
      open_one(c);
      under_way++;
      pending--;
    }
  }
  pending += under_way;
}

static void handle(connection *c, uint32_t events) {
  if (c->fd < 0) {
    return;
  }
  if (c->state == CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      seen.errors++;
      connection_close(c);
      c->retry_at = now_us() + 500000;
      return;
    }
    connection_upgrade(c, line_of(&paths, c));
    watch(c, EPOLL_CTL_MOD, EPOLLIN);
  } else if (c->reading) {
    connection_read(c, line_of(&hellos, c));
  } else if (events & (EPOLLHUP | EPOLLERR)) {
    seen.closed++;
    connection_close(c);
  }
}

static void beat_all(void) {
  for (unsigned i = 0; i < total; i++) {
    if (connections[i].state == OPEN && connections[i].reading) {
      connection_send(&connections[i], beat, strlen(beat), 1);
    }
  }
}

static void read_lines(line_file *lines, const char *path) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t size = 0;
  ssize_t n;
  if (file == NULL) {
    perror(path);
    exit(2);
  }
  while ((n = getline(&line, &size, file)) > 0) {
    line[strcspn(line, "\n")] = 0;
    lines->lines = realloc(lines->lines, (lines->count + 1) * sizeof *lines->lines);
    lines->lines[lines->count++] = strdup(line);
  }
  fclose(file);
}

static void read_options(int count, char **words) {
  static const struct option names[] = {{"port", 1, 0, 'p'},     {"connections", 1, 0, 'c'}, {"paths", 1, 0, 'a'},
                                        {"hello", 1, 0, 'h'},    {"ready", 1, 0, 'r'},       {"ready-count", 1, 0, 'n'},
                                        {"slots", 1, 0, 's'},    {"parallel", 1, 0, 'l'},    {"deflate", 0, 0, 'd'},
                                        {"follow", 0, 0, 'f'},   {"beat", 1, 0, 'b'},        {"beat-ms", 1, 0, 'm'},
                                        {"receive-buffer", 1, 0, 'v'},
                                        {0}};
  for (int c; (c = getopt_long(count, words, "", names, NULL)) != -1;) {
    switch (c) {
    case 'p': options.port = atoi(optarg); break;
    case 'c': total = (unsigned)atoi(optarg); break;
    case 'a': read_lines(&paths, optarg); break;
    case 'h': read_lines(&hellos, optarg); break;
    case 'r': options.ready_text = optarg; options.ready_count = options.ready_count ? options.ready_count : 1; break;
    case 'n': options.ready_count = (unsigned)atoi(optarg); break;
    case 's': options.slots = (unsigned)atoi(optarg); break;
    case 'l': parallel = (unsigned)atoi(optarg); break;
    case 'd': options.deflate = true; break;
    case 'f': options.follow = true; break;
    case 'b': beat = optarg; break;
    case 'v': options.receive_buffer = atoi(optarg); break;
    case 'm': beat_us = strtoull(optarg, NULL, 10) * 1000; break;
    default: exit(2);
    }
  }
}

int main(int count, char **words) {
  read_options(count, words);
  struct rlimit files = {total + 100, total + 100};
  if (total == 0 || setrlimit(RLIMIT_NOFILE, &files) < 0) {
    perror("reader: --connections, or the limit of open files");
    return 2;
  }
  connections = calloc(total, sizeof *connections);
  poll_fd = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &input);
  for (unsigned i = 0; i < total; i++) {
    connections[i] = (connection){.fd = -1, .index = i, .retry_at = 1};
  }
  began_us = now_us();
  bool announced = false;
  uint64_t next_look = 0;
  for (;;) {
    struct epoll_event events[1024];
    int n = epoll_wait(poll_fd, events, 1024, pending > 0 || !announced ? 5 : 200);
    for (int i = 0; i < n; i++) {
      if (events[i].data.ptr == NULL) {
        read_commands();
      } else {
        handle(events[i].data.ptr, events[i].events);
      }
    }
    uint64_t now = now_us();
    if (now >= next_look) { // walking all connections costs something, so not every turn
      connect_due();
      next_look = now + (pending > 0 ? 5000 : 100000);
      if (!announced && pending == 0) {
        announced = true;
        print_stats();
      }
    }
    if (beat != NULL && now >= next_beat) {
      beat_all();
      next_beat = now + beat_us;
    }
  }
}
