import { identityOf } from './identity.ts';

const words = new Uint32Array(2);
const float = new Float64Array(words.buffer);

/** Two words of a hash, written by the last call of `hashOf`. */
export const hash = { low: 0, high: 0 };

/** Puts 64 bits into `hash` that are the same for values that count as the same: MurmurHash3 (Appleby), once with each seed. */
export function hashOf(value: unknown): void {
  const identity = identityOf(value);
  if (typeof identity === 'number') {
    // Both zeros are the same value.
    float[0] = identity + 0;
    hash.low = finished(mixed(mixed(lowSeed, words[0] as number), words[1] as number), 8);
    hash.high = finished(mixed(mixed(highSeed, words[0] as number), words[1] as number), 8);
  } else {
    const text = typeof identity === 'string' ? identity : `${typeof identity} ${String(identity)}`;
    hash.low = textHash(lowSeed, text);
    hash.high = textHash(highSeed, text);
  }
}

const lowSeed = 0x9747b28c;
const highSeed = 0x3c6ef372;

function textHash(seed: number, text: string): number {
  let state = seed;
  for (let i = 0; i < text.length; i += 2) {
    // Behind the last character there is NaN, which is 0 as an integer.
    state = mixed(state, text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
  }
  return finished(state, 2 * text.length + 1);
}

function mixed(state: number, word: number): number {
  const scrambled = Math.imul(word, 0xcc9e2d51);
  const next = state ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(state: number, length: number): number {
  let bits = state ^ length;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
