// Firmware around the compiled bearing model: takes a window of vibration, computes its features, names the fault.
//
// setup() and loop() are what an Arduino core calls: an analog accelerometer on A0, a sensor that gives one pulse per
// turn of the shaft on pin 2. Elsewhere a small main() calls them with a recording from standard input.
#include <stdint.h>

#include "bearing/bearing.h"
#include "features.hpp"

#ifdef ARDUINO
#include <Arduino.h>
#else
#include <stdio.h>
#endif

namespace {

int16_t counts[bearing::window_samples];
float envelope[bearing::envelope_samples];
float features[BEARING_FEATURES_ELEMENTS];
float probabilities[BEARING_PROBABILITIES_ELEMENTS];

#ifdef ARDUINO

constexpr uint8_t accelerometer_pin = A0, turn_pin = 2;
// 300 mV/g on 10 bits of 3.3 V are 93 counts per g; training counted 256 per g.
constexpr float counts_per_step = 256.0F / 93.0F;
constexpr unsigned long sample_period_us = 1000000UL / 3200UL;

void open_port() {
  Serial.begin(115200);
  pinMode(turn_pin, INPUT_PULLUP);
}

// The mean speed over four turns.
float shaft_speed_hz() {
  unsigned long period_us = 0;
  for (int turn = 0; turn < 4; ++turn) { period_us += pulseIn(turn_pin, LOW) + pulseIn(turn_pin, HIGH); }
  return period_us == 0 ? 25.0F : 4.0e6F / static_cast<float>(period_us);
}

bool read_window(float& speed_hz) {
  speed_hz = shaft_speed_hz();
  unsigned long next = micros();
  for (int i = 0; i < bearing::window_samples; ++i) {
    while (static_cast<long>(micros() - next) < 0) {}
    counts[i] = static_cast<int16_t>(static_cast<float>(analogRead(accelerometer_pin) - 512) * counts_per_step);
    next += sample_period_us;
  }
  return true;
}

void print(const char* text) { Serial.print(text); }
void print(int number) { Serial.print(number); }

#else

void open_port() {}

// What train.py records: the speed as float32, then the counts as int16, little endian.
bool read_window(float& speed_hz) {
  return fread(&speed_hz, sizeof speed_hz, 1, stdin) == 1 &&
         fread(counts, sizeof counts[0], bearing::window_samples, stdin) == bearing::window_samples;
}

void print(const char* text) { fputs(text, stdout); }
void print(int number) { printf("%d", number); }

#endif

bool input_ended = false;

}  // namespace

void setup() { open_port(); }

void loop() {
  float speed_hz = 0.0F;
  if (!read_window(speed_hz)) {
    input_ended = true;
    return;
  }
  bearing::features(counts, speed_hz, envelope, features);
  int64_t label = 0;
  bearing_run(&bearing_static_context, features, &label, probabilities);
  print(bearing_label_names[label]);
  print(" (");
  print(static_cast<int>(100.0F * probabilities[label] + 0.5F));
  print(" %)\n");
}

#ifndef ARDUINO
int main() {
  setup();
  while (!input_ended) { loop(); }
  return 0;
}
#endif
