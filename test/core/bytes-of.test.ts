import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/bytes-of.ts';

describe('the bytes of a value', () => {
  it('grow with what stands in it', () => {
    const small = bytesOf({ at: 1, text: 'x' });
    expect(small).toBeGreaterThan(30);
    expect(bytesOf({ at: 1, text: 'x'.repeat(1_000) }) - small).toBe(1_998);
    expect(bytesOf({ at: 1, text: 'x', more: { deep: ['y'.repeat(500)] } })).toBeGreaterThan(small + 1_000);
    expect(bytesOf(new Uint8Array(5_000))).toBeGreaterThan(5_000);
    expect(bytesOf(new Map([['k', 'v'.repeat(200)]]))).toBeGreaterThan(400);
    expect(bytesOf(new Set(['v'.repeat(200)]))).toBeGreaterThan(400);
    expect(bytesOf(2n ** 70n)).toBeGreaterThan(bytesOf(null));
  });

  it('are never less than what a hundred thousand records take', () => {
    const records = Array.from({ length: 100_000 }, (_, i) => ({ at: i, name: `sensor ${i}`, v: i / 7, more: [i, i] }));
    const told = records.reduce((sum, record) => sum + bytesOf(record), 0);
    // As JSON they take about 70 bytes each, as objects twice that.
    expect(told / records.length).toBeGreaterThan(120);
    expect(told / records.length).toBeLessThan(300);
  });

  it('of a long list are those of as many as its first ones', () => {
    const of = (length: number): number => bytesOf(Array.from({ length }, () => 'ten chars.'));
    expect(of(10_000) / of(1_000)).toBeCloseTo(10, 1);
    expect(bytesOf([])).toBeGreaterThan(0);
  });

  it('of something that has no end are some number', () => {
    const ring: Record<string, unknown> = {};
    for (const name of 'abcdefghij') ring[name] = ring;
    expect(bytesOf(ring)).toBeLessThan(1_000_000);
  });
});
