// node onnxruntime_models.js jobs.json: runs every job [{model, inputs: [{name, type, shape, data}]}] and prints per job
// the outputs in the model's order [{type, shape, data}], or {error}. NaN travels as null, int64 as numbers.
const fs = require('fs');
const path = require('path');
const ort = require(path.resolve('build/node_modules/onnxruntime-node'));

const arrays = {
  float32: (data) => Float32Array.from(data, (x) => (x === null ? NaN : x)),
  float64: (data) => Float64Array.from(data, (x) => (x === null ? NaN : x)),
  int32: (data) => Int32Array.from(data),
  int64: (data) => BigInt64Array.from(data, BigInt),
};

async function run(job) {
  const session = await ort.InferenceSession.create(job.model, {intraOpNumThreads: 1, logSeverityLevel: 4});
  const feeds = {};
  for (const {name, type, shape, data} of job.inputs) feeds[name] = new ort.Tensor(type, arrays[type](data), shape);
  const found = await session.run(feeds);
  return session.outputNames.map((name) => {
    const {type, dims, data} = found[name];
    return {type, shape: dims, data: Array.from(data, (x) => (typeof x === 'bigint' ? Number(x) : x))};
  });
}

async function main() {
  const results = [];
  for (const job of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
    try {
      results.push(await run(job));
    } catch (error) {
      results.push({error: String(error)});
    }
  }
  console.log(JSON.stringify(results));
}

main();
