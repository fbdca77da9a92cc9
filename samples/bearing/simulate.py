"""Vibration of simulated motors: what an accelerometer on the bearing housing of a small machine reads.

Every window is computed, not recorded. The model behind it, with the sources of its parts in README.md: a shaft with
residual imbalance, the hum of the supply, broadband noise, and a housing that rings at its resonance whenever a rolling
element meets a defect. Each machine has its own resonance, damping, noise and balance; faults go from incipient to severe.
"""
import numpy

SAMPLE_RATE_HZ = 3200
WINDOW = 1024
COUNTS_PER_G = 256     # 3.9 mg a count, as common digital accelerometers have
FULL_SCALE_G = 8
CLASSES = ["healthy", "imbalance", "looseness", "outer_race", "inner_race"]
# Passes of a rolling element over a defect, per turn of the shaft: a bearing with 9 balls, ratio of ball to pitch
# diameter 0.204, contact angle 0. 9/2 * (1 - 0.204) and 9/2 * (1 + 0.204).
OUTER_RACE_ORDER = 3.58
INNER_RACE_ORDER = 5.42


class Machine:
    """What stays the same while a machine runs."""

    def __init__(self, random):
        self.resonance_hz = random.uniform(700, 1300)
        self.damping = random.uniform(0.03, 0.08)
        self.noise_g = random.uniform(0.01, 0.06)
        self.imbalance_g = random.uniform(0.02, 0.08)
        self.misalignment_g = random.uniform(0.0, 0.05)
        self.hum_g = random.uniform(0.0, 0.03)
        self.speed_hz = random.uniform(20, 28)

    def response(self):
        """Impulse response of the housing, one damped oscillation, largest value about 1."""
        time = numpy.arange(160) / SAMPLE_RATE_HZ
        angular = 2 * numpy.pi * self.resonance_hz
        return numpy.exp(-self.damping * angular * time) * numpy.sin(angular * numpy.sqrt(1 - self.damping**2) * time)


def impacts(random, turns, order, loaded, jitter=0.01):
    """A pulse each time a rolling element passes the defect, stronger where the shaft's load presses."""
    pulses = numpy.zeros(len(turns))
    turn = turns[0] + random.uniform(0, 1) / order
    while turn < turns[-1]:
        at = int(numpy.searchsorted(turns, turn))
        pulses[at] += (1 + loaded * numpy.cos(2 * numpy.pi * turn)) * random.uniform(0.8, 1.2)
        turn += (1 + jitter * random.standard_normal()) / order
    return pulses


def window(random, machine, fault):
    """One window of raw counts, the speed of the shaft in Hz, and how severe the fault is (1: most)."""
    speed_hz = machine.speed_hz * random.uniform(0.9, 1.1)
    time = numpy.arange(WINDOW + 160) / SAMPLE_RATE_HZ
    turns = speed_hz * time + random.uniform(0, 1)
    angle = 2 * numpy.pi * turns
    severity = 10 ** random.uniform(-1.5, 0)  # as many incipient faults as severe ones
    imbalance_g = machine.imbalance_g
    if fault == "imbalance":
        imbalance_g += 0.6 * severity
    signal = imbalance_g * (speed_hz / 25) ** 2 * numpy.sin(angle)
    signal += machine.misalignment_g * random.uniform(0.5, 1.5) * numpy.sin(2 * angle + 1)
    signal += machine.hum_g * numpy.sin(2 * numpy.pi * 100 * time + random.uniform(0, 6))
    if fault == "looseness":
        # The foot lifts for a part of the turn: the motion is cut off, and every second turn differs from the last.
        lifted = numpy.maximum(0, numpy.sin(angle) + 0.5 * numpy.sin(angle / 2) - 0.3)
        signal += 0.7 * severity * (lifted - lifted.mean())
    excitation = 0.3 * machine.noise_g * random.standard_normal(len(time))
    if fault == "outer_race":
        excitation += 0.8 * severity * impacts(random, turns, OUTER_RACE_ORDER, 0.0)
    if fault == "inner_race":
        excitation += 0.8 * severity * impacts(random, turns, INNER_RACE_ORDER, 0.8)
    signal += numpy.convolve(excitation, machine.response())[: len(time)]
    signal += machine.noise_g * random.standard_normal(len(time))
    signal *= random.uniform(0.9, 1.1)  # how well the sensor is coupled
    counts = numpy.round(COUNTS_PER_G * numpy.clip(signal[160:], -FULL_SCALE_G, FULL_SCALE_G))
    return counts.astype(numpy.int16), numpy.float32(speed_hz), severity


def windows(seed, machines, per_machine):
    """Yields (counts, speed_hz, severity, class, machine); every class equally often on every machine."""
    random = numpy.random.default_rng(seed)
    for machine_id in range(machines):
        machine = Machine(random)
        for i in range(per_machine):
            fault = i % len(CLASSES)
            yield (*window(random, machine, CLASSES[fault]), fault, machine_id)
