// Serves one FP32 model with the protocol's binary tensor data extension, as one would write it with Fastify.
// usage: node server.js MODEL_FILE PORT
'use strict';

const fastify = require('fastify')();
const ort = require('onnxruntime-node');

const [modelFile, port] = process.argv.slice(2);

function decode(body, jsonBytes) {
  const head = JSON.parse(body.toString('utf8', 0, jsonBytes));
  const feeds = {};
  let at = body.byteOffset + jsonBytes;
  for (const input of head.inputs) {
    const size = input.parameters.binary_data_size;
    feeds[input.name] = new ort.Tensor('float32', new Float32Array(body.buffer.slice(at, at + size)), input.shape);
    at += size;
  }
  return feeds;
}

function encode(model, results) {
  const outputs = [];
  const parts = [];
  for (const [name, tensor] of Object.entries(results)) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    outputs.push({ name, datatype: 'FP32', shape: tensor.dims, parameters: { binary_data_size: byteLength } });
    parts.push(Buffer.from(buffer, byteOffset, byteLength));
  }
  const json = Buffer.from(JSON.stringify({ model_name: model, model_version: '1', outputs }));
  return { jsonBytes: json.length, body: Buffer.concat([json, ...parts]) };
}

async function main() {
  const session = await ort.InferenceSession.create(modelFile, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  fastify.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  fastify.post('/v2/models/:model/infer', async (request, reply) => {
    const feeds = decode(request.body, Number(request.headers['inference-header-content-length']));
    const { jsonBytes, body } = encode(request.params.model, await session.run(feeds));
    return reply.type('application/octet-stream').header('inference-header-content-length', jsonBytes).send(body);
  });
  await fastify.listen({ host: '127.0.0.1', port: Number(port) });
  console.log('ready');
}

main();
