import { crc32, createInflateRaw } from 'node:zlib';
import { CutShort, Damaged } from './packed-faults.ts';
import { numberIn, type PackedInput } from './packed-input.ts';
import { Unpacker, unpackerOptions } from './unpacker.ts';

const magic = [0x1f, 0x8b];
/** Bits of a member's flags. */
const hasCheckOfHeader = 0x02;
const hasExtra = 0x04;
const hasName = 0x08;
const hasComment = 0x10;

/**
 * The members of a gzip file (RFC 1952), one behind the other. Node's own `Gunzip` takes what stands behind the last one
 * for a member, or not, depending on how the file was cut into chunks.
 */
export class GzipMembers {
  readonly #input: PackedInput;
  #member: Unpacker | undefined;
  #isFirst = true;
  #check = 0;
  #size = 0;

  constructor(input: PackedInput) {
    this.#input = input;
  }

  /** The next bytes; none behind the last member. */
  async next(): Promise<Uint8Array> {
    for (;;) {
      const member = (this.#member ??= await this.#begin());
      if (member === undefined) return new Uint8Array(0);
      const bytes = await member.next(this.#input);
      if (bytes.length === 0) await this.#finish(member);
      else {
        this.#check = crc32(bytes, this.#check);
        this.#size = (this.#size + bytes.length) % 2 ** 32;
        return bytes;
      }
    }
  }

  close(): void {
    this.#member?.close();
  }

  /** Reads the header of a member; nothing where none begins. */
  async #begin(): Promise<Unpacker | undefined> {
    const first = await this.#input.byte();
    if (first === undefined && !this.#isFirst) return undefined;
    if (first !== magic[0]) return this.#none(first, 1);
    const second = await this.#byte();
    if (second !== magic[1]) return this.#none(second, 2);
    if ((await this.#byte()) !== 8) throw new Damaged('it is packed in a way that gzip does not know');
    const flags = await this.#byte();
    await this.#input.exactly(6);
    if ((flags & hasExtra) !== 0) await this.#input.exactly(await this.#number(2));
    for (const flag of [hasName, hasComment]) {
      if ((flags & flag) !== 0) while ((await this.#byte()) !== 0);
    }
    if ((flags & hasCheckOfHeader) !== 0) await this.#input.exactly(2);
    this.#isFirst = false;
    this.#check = 0;
    this.#size = 0;
    return new Unpacker(createInflateRaw(unpackerOptions));
  }

  #none(found: number | undefined, count: number): undefined {
    if (found === undefined) throw new CutShort();
    if (this.#isFirst) throw new Damaged('it does not begin as gzip does');
    this.#input.giveBack(count);
    return undefined;
  }

  async #finish(member: Unpacker): Promise<void> {
    this.#input.giveBack(member.unused);
    member.close();
    this.#member = undefined;
    const check = await this.#number(4);
    const size = await this.#number(4);
    if (check !== this.#check || size !== this.#size) throw new Damaged('its checksum is another');
  }

  async #number(bytes: number): Promise<number> {
    return numberIn(await this.#input.exactly(bytes));
  }

  #byte(): Promise<number> {
    return this.#number(1);
  }
}
