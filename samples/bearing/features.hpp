#pragma once
// The features of one window of vibration, as features.py computes them for training. One pass for the mean, one for
// each frequency; float throughout, no memory beyond the caller's.
#include <math.h>
#include <stdint.h>

namespace bearing {

constexpr int window_samples = 1024;
constexpr float sample_rate_hz = 3200.0F;
constexpr int envelope_step = 8;
constexpr int envelope_samples = (window_samples - 1) / envelope_step;
constexpr float outer_race_order = 3.58F;  // passes of a ball over a defect per turn of the shaft: see simulate.py
constexpr float inner_race_order = 5.42F;

// Amplitude of one frequency in samples read through `sample(i)`. A rotating pointer: Goertzel's recurrence is shorter
// but loses most digits of a float at frequencies as low as a shaft's.
template <class Sample>
float amplitude(int samples, float cycles_per_sample, Sample sample) {
  const float angle = 6.2831853F * cycles_per_sample;
  const float step_cos = cosf(angle), step_sin = sinf(angle);
  float turn_cos = 1.0F, turn_sin = 0.0F, real = 0.0F, imaginary = 0.0F;
  for (int i = 0; i < samples; ++i) {
    const float value = sample(i);
    real += value * turn_cos;
    imaginary += value * turn_sin;
    const float next_cos = turn_cos * step_cos - turn_sin * step_sin;
    turn_sin = turn_cos * step_sin + turn_sin * step_cos;
    turn_cos = next_cos;
  }
  return 2.0F * sqrtf(real * real + imaginary * imaginary) / static_cast<float>(samples);
}

struct Moments {
  float mean_square, kurtosis, peak;
};

template <class Sample>
Moments moments(int samples, Sample sample) {
  float sum = 0.0F;
  for (int i = 0; i < samples; ++i) { sum += sample(i); }
  const float mean = sum / static_cast<float>(samples);
  float square_sum = 0.0F, fourth_sum = 0.0F, raw_square_sum = 0.0F, peak = 0.0F;
  for (int i = 0; i < samples; ++i) {
    const float value = sample(i);
    const float square = (value - mean) * (value - mean);
    square_sum += square;
    fourth_sum += square * square;
    raw_square_sum += value * value;
    peak = fmaxf(peak, fabsf(value));
  }
  const float count = static_cast<float>(samples);
  const float variance = square_sum / count;
  return {raw_square_sum / count, (fourth_sum / count) / fmaxf(variance * variance, 1e-12F), peak};
}

// counts: the window; envelope: envelope_samples of workspace; out: 12 numbers in the order of features.py's NAMES.
inline void features(const int16_t* counts, float speed_hz, float* envelope, float* out) {
  int32_t sum = 0;
  for (int i = 0; i < window_samples; ++i) { sum += counts[i]; }
  const float mean = static_cast<float>(sum) / static_cast<float>(window_samples);
  const auto signal = [&](int i) { return static_cast<float>(counts[i]) - mean; };
  const auto difference = [&](int i) { return static_cast<float>(counts[i + 1] - counts[i]); };

  float level = 0.0F;
  for (int step = 0; step < envelope_samples; ++step) {
    envelope[step] = 0.0F;
    for (int i = 0; i < envelope_step; ++i) { envelope[step] += fabsf(difference(step * envelope_step + i)); }
    envelope[step] /= static_cast<float>(envelope_step);
    level += envelope[step];
  }
  level = fmaxf(level / static_cast<float>(envelope_samples), 1e-6F);
  const auto relative_envelope = [&](int i) { return envelope[i] / level - 1.0F; };

  const Moments of_signal = moments(window_samples, signal);
  const Moments of_difference = moments(window_samples - 1, difference);
  const float rms = fmaxf(sqrtf(of_signal.mean_square), 1e-6F);
  const float turn = speed_hz / sample_rate_hz;
  const auto order = [&](float times) { return amplitude(window_samples, times * turn, signal); };
  const auto passes = [&](float times) {
    return amplitude(envelope_samples, times * turn * static_cast<float>(envelope_step), relative_envelope);
  };
  const float all[12] = {rms,
                         of_signal.peak / rms,
                         of_signal.kurtosis,
                         sqrtf(of_difference.mean_square) / rms,
                         of_difference.kurtosis,
                         order(0.5F),
                         order(1.0F),
                         order(2.0F),
                         order(3.0F),
                         passes(1.0F),
                         passes(outer_race_order),
                         passes(inner_race_order)};
  for (int i = 0; i < 12; ++i) { out[i] = all[i]; }
}

}  // namespace bearing
