// node onnxruntime_run.js model.onnx '[1,49,10,1]' inputs.bin outputs.bin: runs every sample of a file of float32 tensors
// and appends the first output of each.
const fs = require('fs');
const path = require('path');
const ort = require(path.resolve('build/node_modules/onnxruntime-node'));

async function main() {
  const [model, shape, inputs, outputs] = process.argv.slice(2);
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
  });
  const extents = JSON.parse(shape);
  const elements = extents.reduce((a, b) => a * b, 1);
  const bytes = fs.readFileSync(inputs);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const results = [];
  for (let begin = 0; begin < all.length; begin += elements) {
    const x = new ort.Tensor('float32', all.slice(begin, begin + elements), extents);
    const found = (await session.run({[session.inputNames[0]]: x}))[session.outputNames[0]].data;
    results.push(Buffer.from(found.buffer, found.byteOffset, found.byteLength));
  }
  fs.writeFileSync(outputs, Buffer.concat(results));
}

main().catch((error) => { console.error(error); process.exit(1); });
