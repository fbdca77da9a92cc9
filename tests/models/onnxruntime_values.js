// node onnxruntime_values.js model.onnx level '{"name":"x","type":"float32","shape":[1,4]}' input.bin outputs.bin: runs
// one sample at a level of graph optimization, writes every output behind the other and prints their names, element
// types and shapes as JSON.
const fs = require('fs');
const path = require('path');
const ort = require(path.resolve('build/node_modules/onnxruntime-node'));

const arrays = {float32: Float32Array, int8: Int8Array, uint8: Uint8Array};

async function main() {
  const [model, level, declared, input, outputs] = process.argv.slice(2);
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: level,
  });
  const {name, type, shape} = JSON.parse(declared);
  const bytes = fs.readFileSync(input);
  const data = new arrays[type](bytes.buffer, bytes.byteOffset, bytes.byteLength / arrays[type].BYTES_PER_ELEMENT);
  const found = await session.run({[name]: new ort.Tensor(type, data, shape)});
  const described = [], parts = [];
  for (const output of session.outputNames) {
    const tensor = found[output];
    described.push({name: output, type: tensor.type, shape: tensor.dims});
    parts.push(Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
  }
  fs.writeFileSync(outputs, Buffer.concat(parts));
  console.log(JSON.stringify(described));
}

main().catch((error) => { console.error(error); process.exit(1); });
