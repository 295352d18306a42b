import { decodeUtf8 } from '../format/utf8.ts';
import { memoryOfKind } from './memory-kind.ts';
import { deepest, rememberedLength, rememberedNames, valueTag } from './value-tag.ts';

/** A value's end instead of a value: there is a hole. */
const hole: unique symbol = Symbol('hole');

/** Reads back what a `ValueEncoder` wrote. `limit`: no more bytes can follow; so much memory at the most is asked for. */
export class ValueDecoder {
  readonly #next: () => Uint8Array | undefined;
  #limit: number;
  #chunk: Uint8Array = new Uint8Array();
  #at = 0;
  #depth = 0;
  #names: string[] = [];

  constructor(next: () => Uint8Array | undefined, limit: number) {
    this.#next = next;
    this.#limit = limit;
  }

  /** @throws RangeError where that is not what was written. */
  decode(): unknown {
    this.#names = [];
    return this.#value();
  }

  #value(): unknown {
    const value = this.#read(this.#byte());
    if (value === hole) throw new RangeError('there is a hole outside of an array');
    return value;
  }

  #read(tag: number): unknown {
    switch (tag) {
      case valueTag.undefined:
        return undefined;
      case valueTag.null:
        return null;
      case valueTag.false:
        return false;
      case valueTag.true:
        return true;
      case valueTag.integer: {
        const zigzag = this.#varint();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case valueTag.number:
        return this.#float();
      case valueTag.bigint:
        return bigintOf(this.#value());
      case valueTag.text:
        return this.#text();
      case valueTag.wideText:
        return utf16(this.#memory(this.#size()));
      case valueTag.date:
        return new Date(this.#float());
      case valueTag.hole:
        return hole;
      case valueTag.bytes: {
        const kind = this.#varint();
        return memoryOfKind(kind, this.#memory(this.#size()).buffer);
      }
      default:
        return this.#nested(tag);
    }
  }

  #nested(tag: number): unknown {
    if (this.#depth >= deepest) throw new RangeError(`something is nested deeper than ${deepest}`);
    this.#depth++;
    const value = this.#collection(tag, this.#size());
    this.#depth--;
    return value;
  }

  #collection(tag: number, size: number): unknown {
    switch (tag) {
      case valueTag.array: {
        const values: unknown[] = [];
        for (let index = 0; index < size; index++) {
          const value = this.#read(this.#byte());
          if (value === hole) values.length++;
          else values.push(value);
        }
        return values;
      }
      case valueTag.object: {
        const fields: Record<string, unknown> = {};
        for (let index = 0; index < size; index++) {
          const name = this.#name();
          const value = this.#value();
          if (name === '__proto__') Object.defineProperty(fields, name, { ...own, value });
          else fields[name] = value;
        }
        return fields;
      }
      case valueTag.map: {
        const map = new Map<unknown, unknown>();
        for (let index = 0; index < size; index++) map.set(this.#value(), this.#value());
        return map;
      }
      case valueTag.set: {
        const set = new Set<unknown>();
        for (let index = 0; index < size; index++) set.add(this.#value());
        return set;
      }
      default:
        throw new RangeError(`there is no value with the tag ${tag}`);
    }
  }

  #name(): string {
    const tag = this.#byte();
    if (tag === valueTag.knownName) {
      const known = this.#names[this.#varint()];
      if (known === undefined) throw new RangeError('a name is missing');
      return known;
    }
    const name = this.#read(tag);
    if (typeof name !== 'string') throw new RangeError('a name is none');
    if (this.#names.length < rememberedNames && name.length <= rememberedLength) this.#names.push(name);
    return name;
  }

  #text(): string {
    const size = this.#size();
    const end = this.#at + size;
    const inside = end <= this.#chunk.length;
    const text = decodeUtf8(inside ? this.#chunk.subarray(this.#at, end) : this.#memory(size));
    if (inside) this.#at = end;
    if (text === undefined) throw new RangeError('a text is not UTF-8');
    return text;
  }

  /** The bytes that follow, in memory of their own. */
  #memory(size: number): Uint8Array<ArrayBuffer> {
    const memory = new Uint8Array(size);
    for (let done = 0; done < size;) {
      if (this.#at >= this.#chunk.length) this.#advance();
      const part = this.#chunk.subarray(this.#at, this.#at + size - done);
      memory.set(part, done);
      done += part.length;
      this.#at += part.length;
    }
    return memory;
  }

  /** A length of what follows: every value of it takes a byte at least. */
  #size(): number {
    const size = this.#varint();
    if (size > this.#limit + this.#chunk.length - this.#at) throw new RangeError('a length is beyond the end');
    return size;
  }

  #float(): number {
    const bytes = new Uint8Array(8);
    for (let index = 0; index < 8; index++) bytes[index] = this.#byte();
    return new DataView(bytes.buffer).getFloat64(0, true);
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      if (scale > Number.MAX_SAFE_INTEGER) throw new RangeError('a number is too long');
    }
    return value;
  }

  #byte(): number {
    while (this.#at >= this.#chunk.length) this.#advance();
    return this.#chunk[this.#at++] as number;
  }

  #advance(): void {
    const chunk = this.#next();
    if (chunk === undefined) throw new RangeError('something is missing at the end');
    this.#chunk = chunk;
    this.#at = 0;
    this.#limit -= chunk.length;
  }
}

const own = { configurable: true, enumerable: true, writable: true };

function bigintOf(digits: unknown): bigint {
  const [, sign, hex] = /^(-?)([0-9a-f]+)$/.exec(String(digits)) ?? [];
  if (hex === undefined) throw new RangeError('a bigint has other than hexadecimal digits');
  const size = BigInt(`0x${hex}`);
  return sign === '-' ? -size : size;
}

function utf16(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer);
  const units = Array.from({ length: bytes.length >> 1 }, (_, index) => view.getUint16(index * 2, true));
  const parts: string[] = [];
  for (let at = 0; at < units.length; at += 1024) parts.push(String.fromCharCode(...units.slice(at, at + 1024)));
  return parts.join('');
}
