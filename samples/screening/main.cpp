// Firmware around the compiled screening model: reads the 30 measurements of a sample, one after the other with spaces
// between them, and answers 'benign', 'malignant', or that a person is to decide.
//
// setup() and loop() are what an Arduino core calls; elsewhere a small main() calls them until the input ends.
#include <stdint.h>

#include "abstain.h"
#include "screening/screening.h"

#ifdef ARDUINO
#include <Arduino.h>
#else
#include <stdio.h>
#endif

namespace {

#ifdef ARDUINO

void open_port() {
  Serial.begin(115200);
  Serial.setTimeout(60000);
}

bool read_number(float& number) {
  while (Serial.available() == 0) {}
  number = Serial.parseFloat();
  return true;
}

void print(const char* text) { Serial.print(text); }
void print(int number) { Serial.print(number); }

#else

void open_port() {}
bool read_number(float& number) { return scanf("%f", &number) == 1; }
void print(const char* text) { fputs(text, stdout); }
void print(int number) { printf("%d", number); }

#endif

bool read_measurements(float* measurements) {
  for (int i = 0; i < SCREENING_MEASUREMENTS_ELEMENTS; ++i) {
    if (!read_number(measurements[i])) { return false; }
  }
  return true;
}

const char* answer(float probability) {
  if (probability < BENIGN_BELOW) { return screening_label_names[SCREENING_LABEL_BENIGN]; }
  if (probability >= MALIGNANT_FROM) { return screening_label_names[SCREENING_LABEL_MALIGNANT]; }
  return "undecided, a person is to look";
}

bool input_ended = false;

}  // namespace

void setup() { open_port(); }

void loop() {
  // Off the stack: the smallest parts have 2 KiB for everything.
  static float measurements[SCREENING_MEASUREMENTS_ELEMENTS];
  static float probabilities[SCREENING_PROBABILITIES_ELEMENTS];
  int64_t label = 0;
  if (!read_measurements(measurements)) {
    input_ended = true;
    return;
  }
  screening_run(&screening_static_context, measurements, &label, probabilities);
  const float malignant = probabilities[SCREENING_LABEL_MALIGNANT];
  print(answer(malignant));
  print(" (malignant: ");
  print(static_cast<int>(100.0F * malignant + 0.5F));
  print(" %)\n");
}

#ifndef ARDUINO
int main() {
  setup();
  while (!input_ended) { loop(); }
  return 0;
}
#endif
