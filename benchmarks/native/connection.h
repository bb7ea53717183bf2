// SPDX-License-Identifier: Apache-2.0
//
// One WebSocket of the reader: its handshake, its frames, what it has seen of each stream. Not a general client: it trusts the
// server's framing and knows only what the scenarios need.
#ifndef SLUICE_CONNECTION_H
#define SLUICE_CONNECTION_H

#include <netinet/in.h>

#include "measure.h"

typedef struct {
  int port;
  const char *ready_text;   // a control message that holds it makes a connection more ready; empty: the upgrade does
  unsigned ready_count;     // how many such messages are needed
  unsigned slots;           // streams of a connection
  bool deflate;             // offer permessage-deflate
  int receive_buffer;       // bytes that the kernel keeps for a connection that is not read; 0: as much as it likes
  bool follow;              // remember the cursor, to resume from it
} connection_options;

typedef enum { CLOSED, CONNECTING, UPGRADING, OPEN } connection_state;

typedef struct {
  int fd;
  unsigned index;
  connection_state state;
  bool reading, dropped, was_ready; // dropped: by us
  unsigned ready;
  uint8_t *carry; // the beginning of a frame whose end has not arrived
  size_t carry_length;
  uint32_t *next; // of each slot the number that comes next; 0: any
  uint64_t retry_at;
  char epoch[20];
  uint64_t seq;
} connection;

// What all connections saw since the last reset; counters only grow in between.
typedef struct {
  uint64_t events, frames, bytes, missing, repeated, closed, refused, errors, caught_up;
  uint32_t last_close;
  histogram delay;
} totals;

extern connection_options options;
extern totals seen;

// Begins to connect; the socket is not blocking. Source addresses are 127.0.0.1 and up, 20 000 connections each.
void connection_open(connection *c);
// Sends the upgrade request for a path, "/" when it is NULL.
void connection_upgrade(connection *c, const char *path);
// Reads what is there and handles it. hello: what to send once it is open, or NULL; tabs part messages, %CURSOR% is replaced by the
// cursor.
void connection_read(connection *c, const char *hello);
// Sends a text frame; a full socket buffer is an error, for what a client sends is small.
void connection_send(connection *c, const char *text, size_t length, uint8_t opcode);
void connection_close(connection *c);

#endif
