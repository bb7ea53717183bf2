// SPDX-License-Identifier: Apache-2.0
//
// What reader, publisher and floor share: the clock, a histogram, and the mark that every event carries.
#ifndef SLUICE_MEASURE_H
#define SLUICE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

// Microseconds of CLOCK_MONOTONIC, which all processes of a machine share and nobody sets.
static inline uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

// CPU seconds of this process.
static inline double cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// A histogram of microseconds in buckets of 1/32 of a power of two: its error is at most 3 %.
enum { HIST_SUB_BITS = 5, HIST_SUB = 1 << HIST_SUB_BITS, HIST_SIZE = (64 - HIST_SUB_BITS + 1) * HIST_SUB };

typedef struct {
  uint64_t count, sum, max;
  uint64_t bucket[HIST_SIZE];
} histogram;

void hist_add(histogram *h, uint64_t us);
// The value below which the part q of all lies, rounded up to its bucket's end; 0 when there is none.
uint64_t hist_quantile(const histogram *h, double q);
// "p50_us":1,"p90_us":… without braces.
void hist_json(const histogram *h, FILE *out);

// The mark in an event: @@ and 16 digits of microseconds (when the event should have been sent), 3 of the slot of its stream among
// the streams of a subscriber, 9 of its number in its stream.
enum { MARK_LENGTH = 2 + 16 + 3 + 9 };

typedef struct {
  uint64_t sent_us;
  uint32_t slot, number;
} mark;

// Writes MARK_LENGTH bytes.
void mark_write(char *at, mark m);

// Finds the marks of a text one after the other. Events of a run have the same length, so it looks first where the
// distance of the two last ones says; only where that fails it searches.
typedef struct {
  size_t distance;
} mark_finder;

typedef void (*mark_handler)(void *context, mark m);
// Returns how many marks it handed over.
size_t marks_each(mark_finder *finder, const char *text, size_t length, mark_handler handler, void *context);

#endif
