// node onnxruntime_time.js model.onnx '{"input":[1,3,32,32]}' rounds repeats: microseconds per inference, a line a round.
const ort = require('onnxruntime-node');

async function main() {
  const [model, shapes, rounds, repeats] = process.argv.slice(2);
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
  });
  const feeds = {};
  for (const [name, shape] of Object.entries(JSON.parse(shapes))) {
    const elements = shape.reduce((a, b) => a * b, 1);
    feeds[name] = new ort.Tensor('float32', Float32Array.from({length: elements}, (_, i) => Math.sin(i)), shape);
  }
  for (let i = 0; i < 10; ++i) await session.run(feeds);
  for (let round = 0; round < Number(rounds); ++round) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < Number(repeats); ++i) await session.run(feeds);
    console.log((Number(process.hrtime.bigint() - start) / 1000 / Number(repeats)).toFixed(3));
  }
}

main();
