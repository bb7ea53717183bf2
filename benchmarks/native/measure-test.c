// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "measure.h"

#define CHECK(condition)                                                      \
  if (!(condition)) {                                                         \
    fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);   \
    exit(1);                                                                  \
  }

static uint64_t numbers;

static void add(void *context, mark m) {
  (void)context;
  numbers = numbers * 10 + m.number;
  CHECK(m.sent_us == 1234567890123456u && m.slot == 42);
}

static void quantiles_are_near_and_never_too_low(void) {
  histogram h = {0};
  for (uint64_t us = 1; us <= 100000; us++) {
    hist_add(&h, us);
  }
  const double parts[] = {0.01, 0.5, 0.9, 0.99, 0.999};
  for (unsigned i = 0; i < 5; i++) {
    double exact = parts[i] * 100000, found = (double)hist_quantile(&h, parts[i]);
    CHECK(found >= exact && found <= exact * 1.035 + 1);
  }
  CHECK(hist_quantile(&h, 1) == 100000 && h.max == 100000 && h.count == 100000);
  histogram empty = {0};
  CHECK(hist_quantile(&empty, 0.99) == 0);
}

static void marks_are_found_wherever_they_are(void) {
  char text[4096];
  size_t length = 0;
  const unsigned gaps[] = {0, 7, 7, 7, 100, 1, 0};
  for (unsigned i = 0; i < 7; i++) {
    memset(text + length, i % 2 ? '@' : 'x', 1); // a lone @ is no mark
    text[length + 1] = '-';
    memset(text + length + 2, 'y', gaps[i]);
    length += 2 + gaps[i];
    mark_write(text + length, (mark){1234567890123456u, 42, i + 1});
    length += MARK_LENGTH;
  }
  mark_finder finder = {0};
  numbers = 0;
  CHECK(marks_each(&finder, text, length, add, NULL) == 7 && numbers == 1234567);
  numbers = 0; // the same again, with a distance learned at its end
  CHECK(marks_each(&finder, text, length, add, NULL) == 7 && numbers == 1234567);
  CHECK(marks_each(&finder, text, length - 1, add, NULL) == 6); // the last is cut
  CHECK(marks_each(&finder, "no mark", 7, add, NULL) == 0);
}

int main(void) {
  quantiles_are_near_and_never_too_low();
  marks_are_found_wherever_they_are();
  return 0;
}
