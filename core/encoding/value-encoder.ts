import { encodeUtf8 } from '../format/utf8.ts';
import { show } from '../show.ts';
import { memoryKind } from './memory-kind.ts';
import { deepest, rememberedLength, rememberedNames, valueTag } from './value-tag.ts';

/** Small values are collected up to this. */
const chunkBytes = 64 * 1024;
/** The most that one small value takes. */
const roomBytes = 1024;
/** Texts up to this are written without asking anybody. */
const shortText = 64;
/** Memory is handed out in stretches of this. */
const stretchBytes = 1024 * 1024;
const loneSurrogate = /\p{Surrogate}/u;

/** A value that is being written: what comes next of it. */
interface Level {
  readonly of: string;
  readonly values: readonly unknown[] | undefined;
  readonly names: readonly string[] | undefined;
  readonly entries: Iterator<unknown> | undefined;
  readonly source: Readonly<Record<string, unknown>>;
  index: number;
}

/**
 * Writes values that `structuredClone` can copy as bytes, a chunk at a time, so that neither the whole of a large value nor
 * much time is needed at once. A chunk is valid until the next one is asked for.
 *
 * What two values share is written twice. A class's instance becomes a plain object, as `structuredClone` has it.
 */
export class ValueEncoder {
  readonly #chunk = new Uint8Array(chunkBytes + roomBytes);
  readonly #view = new DataView(this.#chunk.buffer);
  #at = 0;
  /** What follows the chunk as it lies in memory. */
  #memory: Uint8Array | undefined;
  #levels: Level[] = [];
  readonly #names = new Map<string, number>();

  /** @throws TypeError for what cannot be stored, with its place. */
  *encode(value: unknown): Generator<Uint8Array, void, undefined> {
    this.#at = 0;
    this.#levels = [];
    this.#names.clear();
    this.#put(value);
    for (;;) {
      if (this.#memory !== undefined) yield* this.#stretches(this.#memory);
      else if (this.#at >= chunkBytes) yield this.#take();
      const level = this.#levels.at(-1);
      if (level === undefined) break;
      if (!this.#putNext(level)) this.#levels.pop();
    }
    if (this.#at > 0) yield this.#take();
  }

  *#stretches(memory: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.#memory = undefined;
    yield this.#take();
    for (let at = 0; at < memory.length; at += stretchBytes) yield memory.subarray(at, at + stretchBytes);
  }

  #take(): Uint8Array {
    const taken = this.#chunk.subarray(0, this.#at);
    this.#at = 0;
    return taken;
  }

  /** Writes the next part of a value; `false` when it is complete. */
  #putNext(level: Level): boolean {
    const { values, names, entries, source, index } = level;
    level.index++;
    if (values !== undefined) {
      if (index >= values.length) return false;
      if (index in values) this.#put(values[index]);
      else this.#tag(valueTag.hole);
    } else if (names !== undefined) {
      const name = names[index >> 1];
      if (name === undefined) return false;
      if ((index & 1) === 0) this.#name(name);
      else this.#put(source[name]);
    } else {
      const next = entries?.next();
      if (next === undefined || next.done === true) return false;
      this.#put(next.value);
    }
    return true;
  }

  #put(value: unknown): void {
    if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'object') this.#object(value);
    else if (value === undefined) this.#tag(valueTag.undefined);
    else if (typeof value === 'boolean') this.#tag(value ? valueTag.true : valueTag.false);
    else if (typeof value === 'bigint') {
      this.#tag(valueTag.bigint);
      this.#text(value < 0n ? `-${(-value).toString(16)}` : value.toString(16));
    } else this.#refuse(value);
  }

  #object(value: object | null): void {
    if (value === null) this.#tag(valueTag.null);
    else if (Array.isArray(value)) {
      this.#begin(valueTag.array, value.length, { values: value });
    } else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) this.#bytes(value);
    else if (value instanceof Date) {
      this.#tag(valueTag.date);
      this.#float(value.getTime());
    } else if (value instanceof Map) this.#begin(valueTag.map, value.size, { entries: flat(value) });
    else if (value instanceof Set) this.#begin(valueTag.set, value.size, { entries: value.values() });
    else if (isPlain(value)) {
      const names = Object.keys(value);
      this.#begin(valueTag.object, names.length, { names, source: value as Record<string, unknown> });
    } else this.#refuse(value);
  }

  #begin(tag: number, size: number, level: Partial<Level>): void {
    this.#tag(tag);
    this.#varint(size);
    if (this.#levels.length >= deepest) this.#refuse(`what is nested deeper than ${deepest}, or holds itself`);
    this.#levels.push({
      of: Object.keys(valueTag)[tag] as string,
      values: undefined,
      names: undefined,
      entries: undefined,
      source: {},
      index: 0,
      ...level,
    });
  }

  #name(name: string): void {
    const known = this.#names.get(name);
    if (known !== undefined) {
      this.#tag(valueTag.knownName);
      this.#varint(known);
      return;
    }
    if (this.#names.size < rememberedNames && name.length <= rememberedLength) this.#names.set(name, this.#names.size);
    this.#text(name);
  }

  #number(value: number): void {
    if ((value | 0) !== value || Object.is(value, -0)) {
      this.#tag(valueTag.number);
      this.#float(value);
      return;
    }
    this.#tag(valueTag.integer);
    this.#varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  #text(text: string): void {
    if (text.length <= shortText && this.#ascii(text)) return;
    const wide = loneSurrogate.test(text);
    const bytes = wide ? utf16(text) : encodeUtf8(text);
    this.#tag(wide ? valueTag.wideText : valueTag.text);
    this.#varint(bytes.length);
    if (bytes.length > roomBytes / 2) this.#memory = bytes;
    else {
      this.#chunk.set(bytes, this.#at);
      this.#at += bytes.length;
    }
  }

  /** Writes it if every character of it is one byte. */
  #ascii(text: string): boolean {
    const start = this.#at;
    this.#tag(valueTag.text);
    this.#varint(text.length);
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        this.#at = start;
        return false;
      }
      this.#chunk[this.#at++] = unit;
    }
    return true;
  }

  #bytes(value: ArrayBuffer | ArrayBufferView): void {
    const memory = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
    this.#tag(valueTag.bytes);
    this.#varint(memoryKind(value));
    this.#varint(memory.length);
    this.#memory = memory;
  }

  #tag(tag: number): void {
    this.#chunk[this.#at++] = tag;
  }

  #float(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  #varint(value: number): void {
    for (; value > 0x7f; value = Math.floor(value / 128)) this.#chunk[this.#at++] = (value % 128) | 0x80;
    this.#chunk[this.#at++] = value;
  }

  #refuse(what: unknown): never {
    const place = this.#levels.map(({ of, names, index }) => {
      return names === undefined ? `[${index - 1} of ${of}]` : `.${names[(index - 1) >> 1] ?? ''}`;
    });
    throw new TypeError(
      `cannot store ${typeof what === 'string' ? what : show(what)}, at ${place.join('') || 'the top'}`,
    );
  }
}

function* flat(map: ReadonlyMap<unknown, unknown>): Generator<unknown, void, undefined> {
  for (const [key, value] of map) {
    yield key;
    yield value;
  }
}

/** Whether its own fields are all of it. */
function isPlain(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index), true);
  return bytes;
}
