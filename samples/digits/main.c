/* Firmware around the compiled digits model: classify one image, report the digit.
 *
 * Build it with the sources of the drop that `mote compile digits.onnx` wrote. C99; the
 * prints are for a host or a board with stdio and go away with -DDIGITS_QUIET, where the
 * exit code alone tells the digit.
 */
#include <stdint.h>

#ifndef DIGITS_QUIET
#include <stdio.h>
#endif

#include "digits/digits.h"

/* clang-format off */
/* Row 0 of digits_test_images.npy as the sensor counts it: 0 is paper, 16 is full ink. */
static const uint8_t sensor_counts[DIGITS_IMAGE_ELEMENTS] = {
    0, 0,  0,  9,  16, 4,  0, 0,
    0, 1,  9,  16, 13, 2,  0, 0,
    0, 14, 16, 14, 8,  0,  0, 0,
    1, 15, 15, 5,  16, 9,  0, 0,
    0, 5,  16, 16, 16, 8,  0, 0,
    0, 0,  2,  13, 16, 1,  0, 0,
    0, 0,  0,  11, 13, 0,  0, 0,
    0, 0,  0,  11, 13, 0,  0, 0,
};
/* clang-format on */

/* Off the stack: 296 bytes are a lot for the smallest parts. */
static float image[DIGITS_IMAGE_ELEMENTS];
static float scores[DIGITS_SCORES_ELEMENTS];

/* The model takes ink in [0, 1]; 1/16 is exact in binary, so this rounds nothing. */
static void scale_image(void) {
  for (int i = 0; i < DIGITS_IMAGE_ELEMENTS; ++i) { image[i] = (float)sensor_counts[i] * (1.0F / 16.0F); }
}

static int best_class(void) {
  int best = 0;
  for (int i = 1; i < DIGITS_SCORES_ELEMENTS; ++i) {
    if (scores[i] > scores[best]) { best = i; }
  }
  return best;
}

int main(void) {
  scale_image();
  const int status = digits_run(&digits_static_context, image, scores);
  if (status != DIGITS_OK) { return 100 + status; }
  const int digit = best_class();
#ifndef DIGITS_QUIET
  /* Whole percents: printf of many small C libraries leaves out floating point. */
  printf("digit %d, score %d %%\n", digit, (int)(100.0F * scores[digit] + 0.5F));
#endif
  return digit;
}
