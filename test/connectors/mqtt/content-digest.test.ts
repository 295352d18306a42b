import { describe, expect, it } from 'vitest';
import { contentDigest } from '../../../connectors/mqtt/content-digest.ts';

const of = (topic: string, payload: string): number => contentDigest(topic, Buffer.from(payload));

describe('contentDigest', () => {
  it('is the same for the same message', () => {
    expect(of('site/a', '{"n":1}')).toBe(contentDigest('site/a', new Uint8Array(Buffer.from('{"n":1}'))));
  });

  it('tells messages apart by every bit of the payload and by the topic', () => {
    const payload = Buffer.from('{"n":1}');
    const others = Array.from({ length: payload.length * 8 }, (_, bit) => {
      const other = Buffer.from(payload);
      other[bit >> 3]! ^= 1 << (bit & 7);
      return contentDigest('site/a', other);
    });
    const all = [of('site/a', '{"n":1}'), of('site/b', '{"n":1}'), ...others];
    expect(new Set(all).size).toBe(all.length);
  });

  it('tells where the topic ends, also in front of no payload', () => {
    const all = [of('ab', 'c'), of('a', 'bc'), of('abc', ''), of('ab', ''), of('a', '')];
    expect(new Set(all).size).toBe(all.length);
  });
});
