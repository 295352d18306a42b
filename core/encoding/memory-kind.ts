/** What is a stretch of memory, in the order of the numbers that stand for it. */
const kinds = [
  ArrayBuffer,
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

/** The number of its kind; a kind that others derive from, such as Node's `Buffer`, counts as that. */
export function memoryKind(value: ArrayBuffer | ArrayBufferView): number {
  return kinds.findIndex((kind) => value instanceof kind);
}

/** The same memory, as what it was. */
export function memoryOfKind(kind: number, memory: ArrayBuffer): unknown {
  const Kind = kinds[kind];
  if (Kind === undefined) throw new RangeError(`there is no memory of kind ${kind}`);
  return Kind === ArrayBuffer ? memory : new (Kind as typeof Uint8Array)(memory);
}
