// SPDX-License-Identifier: Apache-2.0
#include "measure.h"

#include <string.h>

static unsigned bucket_of(uint64_t us) {
  if (us < HIST_SUB) {
    return (unsigned)us;
  }
  unsigned power = 63u - (unsigned)__builtin_clzll(us);
  return (power - HIST_SUB_BITS + 1) * HIST_SUB + (unsigned)((us >> (power - HIST_SUB_BITS)) & (HIST_SUB - 1));
}

static uint64_t end_of(unsigned bucket) {
  if (bucket < HIST_SUB) {
    return bucket;
  }
  unsigned shift = bucket / HIST_SUB - 1;
  return ((uint64_t)(HIST_SUB + bucket % HIST_SUB + 1) << shift) - 1;
}

void hist_add(histogram *h, uint64_t us) {
  h->count++;
  h->sum += us;
  if (us > h->max) {
    h->max = us;
  }
  h->bucket[bucket_of(us)]++;
}

uint64_t hist_quantile(const histogram *h, double q) {
  uint64_t rank = (uint64_t)(q * (double)h->count), seen = 0;
  for (unsigned i = 0; i < HIST_SIZE; i++) {
    seen += h->bucket[i];
    if (seen > rank || (seen == h->count && seen > 0)) {
      uint64_t end = end_of(i);
      return end < h->max ? end : h->max;
    }
  }
  return 0;
}

void hist_json(const histogram *h, FILE *out) {
  fprintf(out, "\"p50_us\":%lu,\"p90_us\":%lu,\"p99_us\":%lu,\"p999_us\":%lu,\"max_us\":%lu,\"mean_us\":%lu", hist_quantile(h, 0.5),
          hist_quantile(h, 0.9), hist_quantile(h, 0.99), hist_quantile(h, 0.999), h->max, h->count ? h->sum / h->count : 0);
}

static void digits_write(char *at, unsigned width, uint64_t value) {
  for (unsigned i = width; i-- > 0; value /= 10) {
    at[i] = (char)('0' + value % 10);
  }
}

static uint64_t digits_read(const char *at, unsigned width) {
  uint64_t value = 0;
  for (unsigned i = 0; i < width; i++) {
    value = value * 10 + (uint64_t)(at[i] - '0');
  }
  return value;
}

void mark_write(char *at, mark m) {
  at[0] = at[1] = '@';
  digits_write(at + 2, 16, m.sent_us);
  digits_write(at + 18, 3, m.slot);
  digits_write(at + 21, 9, m.number);
}

static const char *find(const char *from, const char *end) {
  while (from + MARK_LENGTH <= end) {
    const char *at = memchr(from, '@', (size_t)(end - from) - MARK_LENGTH + 1);
    if (at == NULL || at[1] == '@') {
      return at;
    }
    from = at + 1;
  }
  return NULL;
}

static const char *find_guessed(const char *guess, const char *from, const char *end) {
  return guess + MARK_LENGTH <= end && guess[0] == '@' && guess[1] == '@' ? guess : find(from, end);
}

size_t marks_each(mark_finder *finder, const char *text, size_t length, mark_handler handler, void *context) {
  const char *end = text + length;
  const char *at = find(text, end);
  size_t found = 0;
  while (at != NULL) {
    mark m = {digits_read(at + 2, 16), (uint32_t)digits_read(at + 18, 3), (uint32_t)digits_read(at + 21, 9)};
    handler(context, m);
    found++;
    const char *next = find_guessed(at + (finder->distance ? finder->distance : MARK_LENGTH), at + MARK_LENGTH, end);
    if (next != NULL) {
      finder->distance = (size_t)(next - at);
    }
    at = next;
  }
  return found;
}
