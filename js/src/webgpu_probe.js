/**
 * What a GPU does better than WebGPU promises, as seen by trying: which operations round as CUDA's do.
 *
 * Programs have a constant for each, and a longer way where it is not set.
 */
const COUNT = 2048;
const WGSL = `
@group(0) @binding(0) var<storage, read> words: array<u32>;
@group(0) @binding(1) var<storage, read_write> found: array<vec4<u32>>;
fn float_of(word: u32) -> f32 { return bitcast<f32>(0x3f800000u | (word & 0x7fffffu)); }
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let i = id.x;
    let a = float_of(words[i]);
    let b = float_of(words[i + ${COUNT}u]);
    let c = -float_of(words[i + ${2 * COUNT}u]);
    let signed = f32(bitcast<i32>(words[i + ${COUNT}u]));
    found[2u * i] = bitcast<vec4<u32>>(vec4<f32>(fma(a, b, c), a / b, 1.0f / b, sqrt(a)));
    found[2u * i + 1u] = bitcast<vec4<u32>>(vec4<f32>(f32(words[i]), signed, 0.0f, 0.0f));
}`;

/** The constants that are set for a GPU. */
export async function probe(device) {
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const words = new Uint32Array(3 * COUNT);
  let state = 1;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = Math.imul(state ^ (state >>> 16), 0x45d9f3b) >>> 0;
  }
  const given = device.createBuffer({ size: words.byteLength, usage: STORAGE | COPY_DST });
  const made = device.createBuffer({ size: 32 * COUNT, usage: STORAGE | COPY_SRC });
  const read = device.createBuffer({ size: 32 * COUNT, usage: MAP_READ | COPY_DST });
  device.queue.writeBuffer(given, 0, words);
  const compute = { module: device.createShaderModule({ code: WGSL }) };
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute });
  const entries = [given, made].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(COUNT / 64);
  pass.end();
  encoder.copyBufferToBuffer(made, 0, read, 0, 32 * COUNT);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const results = new Float32Array(read.getMappedRange().slice(0));
  for (const buffer of [given, made, read]) buffer.destroy();
  return judged(words, results);
}

/** A program's text without the longer ways that this GPU does not need, which compilers take long to leave out. */
export function shortened(text, known) {
  const choice = / {4}if \((\w+_is_exact)\) \{\n( {8}return .*;\n) {4}\}\n[^]*?\n\}/g;
  return text.replace(choice, (whole, name, native) => (known[name] ? `${native}}` : whole));
}

function judged(words, results) {
  const known = { fma_is_exact: true, division_is_exact: true, root_is_exact: true, conversion_is_exact: true };
  const float = new Float32Array(Uint32Array.from(words, (word) => 0x3f800000 | (word & 0x7fffff)).buffer);
  const { fround } = Math;
  for (let i = 0; i < COUNT; i++) {
    const [a, b, c] = [float[i], float[i + COUNT], -float[i + 2 * COUNT]];
    const [sum, quotient, inverse, root, unsigned, signed] = results.subarray(8 * i, 8 * i + 6);
    // Each is exact in double precision, or far enough from the middle between two floats.
    if (sum !== fround(a * b + c)) known.fma_is_exact = false;
    if (quotient !== fround(a / b) || inverse !== fround(1 / b)) known.division_is_exact = false;
    if (root !== fround(Math.sqrt(a))) known.root_is_exact = false;
    const [word, other] = [words[i], words[i + COUNT] | 0];
    if (unsigned !== fround(word) || signed !== fround(other)) known.conversion_is_exact = false;
  }
  return known;
}
