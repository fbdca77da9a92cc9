// node onnxruntime_time.js model.onnx rounds repeats: microseconds per inference, a line a round. Symbolic extents are 1.
const ort = require('onnxruntime-node');

async function main() {
  const [model, rounds, repeats] = process.argv.slice(2);
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
  });
  const feeds = {};
  for (const {name, type, shape} of session.inputMetadata) {
    const extents = shape.map((extent) => (typeof extent === 'number' ? extent : 1));
    const elements = extents.reduce((a, b) => a * b, 1);
    const data = type === 'int8' ? Int8Array.from({length: elements}, (_, i) => i % 255 - 127)
                                 : Float32Array.from({length: elements}, (_, i) => Math.sin(i));
    feeds[name] = new ort.Tensor(type, data, extents);
  }
  for (let i = 0; i < 10; ++i) await session.run(feeds);
  for (let round = 0; round < Number(rounds); ++round) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < Number(repeats); ++i) await session.run(feeds);
    console.log((Number(process.hrtime.bigint() - start) / 1000 / Number(repeats)).toFixed(3));
  }
}

main();
