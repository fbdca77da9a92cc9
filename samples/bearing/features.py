"""The features of one window, as features.hpp computes them in the firmware (there in float, here in double)."""
import numpy

from simulate import INNER_RACE_ORDER, OUTER_RACE_ORDER, SAMPLE_RATE_HZ

ENVELOPE_STEP = 8
NAMES = ["rms", "crest", "kurtosis", "roughness", "difference_kurtosis", "order_0_5", "order_1", "order_2", "order_3",
         "envelope_1", "envelope_outer", "envelope_inner"]


def amplitude(signal, cycles_per_sample):
    """Amplitude of one frequency (Goertzel's recurrence in closed form)."""
    turn = numpy.exp(-2j * numpy.pi * cycles_per_sample * numpy.arange(len(signal)))
    return 2 * abs(signal @ turn) / len(signal)


def kurtosis(signal):
    square = (signal - signal.mean()) ** 2
    return (square**2).mean() / max(square.mean() ** 2, 1e-12)


def features(counts, speed_hz):
    signal = counts.astype(float) - counts.mean()
    difference = numpy.diff(signal)
    rms = max(numpy.sqrt((signal**2).mean()), 1e-6)
    turn = speed_hz / SAMPLE_RATE_HZ
    steps = len(difference) // ENVELOPE_STEP
    envelope = abs(difference[: steps * ENVELOPE_STEP]).reshape(steps, ENVELOPE_STEP).mean(axis=1)
    level = max(envelope.mean(), 1e-6)
    envelope = envelope / level - 1
    orders = [amplitude(signal, order * turn) for order in (0.5, 1, 2, 3)]
    passes = [amplitude(envelope, order * turn * ENVELOPE_STEP) for order in (1, OUTER_RACE_ORDER, INNER_RACE_ORDER)]
    return [rms, abs(signal).max() / rms, kurtosis(signal), numpy.sqrt((difference**2).mean()) / rms,
            kurtosis(difference), *orders, *passes]
