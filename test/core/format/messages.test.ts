import { describe, expect, it } from 'vitest';
import { bytes } from '../../../core/format/bytes.ts';
import { csv } from '../../../core/format/csv.ts';
import { format } from '../../../core/format/format.ts';
import { json } from '../../../core/format/json.ts';
import { bytesOf } from '../../support/splitting.ts';

describe('json', () => {
  it('is one value a message, both ways', () => {
    const { decode, encode } = json<unknown>();
    expect(decode?.(bytesOf('{"a":[1,"é"]}'))).toEqual({ a: [1, 'é'] });
    expect(encode?.({ a: 'é' })).toEqual(bytesOf('{"a":"é"}'));
  });

  it('refuses a message that is no JSON, and a row that JSON cannot hold', () => {
    const { decode, encode } = json<unknown>();
    expect(() => decode?.(bytesOf('{'))).toThrowError(SyntaxError);
    expect(() => decode?.(Uint8Array.of(0x22, 0xff, 0x22))).toThrowError('json: the message is not UTF-8 text');
    expect(() => encode?.({ a: 1n })).toThrowError('json: `a` is a bigint');
  });
});

describe('bytes', () => {
  it('is a copy of the message, and the row itself', () => {
    const { decode, encode } = bytes();
    const message = bytesOf('abc').subarray(1);
    const decoded = decode?.(message) as Uint8Array;
    expect([Buffer.from(decoded).toString(), decoded.buffer.byteLength]).toEqual(['bc', 2]);
    expect(encode?.(message)).toBe(message);
    expect(() => encode?.('abc' as never)).toThrowError('bytes: a row must be a Uint8Array, got "abc" (string)');
  });
});

describe('csv', () => {
  const { decode, encode } = csv<{ id: string; note: string | null }>({ header: ['id', 'note'], missing: ['NA'] });

  it.each([
    ['1,x', { id: '1', note: 'x' }],
    ['1,x\r\n', { id: '1', note: 'x' }],
    ['"1","a, ""b""\nc"', { id: '1', note: 'a, "b"\nc' }],
    ['1,NA\n', { id: '1', note: null }],
  ])('is one row: %j', (message, row) => {
    expect(decode?.(bytesOf(message))).toEqual(row);
  });

  it.each([['1'], ['1,2,3'], ['1,"x'], [''], ['1,2\n3,4'], ['\xff']])('is nothing else: %j', (message) => {
    expect(() => decode?.(Buffer.from(message, 'latin1'))).toThrowError(/^csv: /);
  });

  it('comes back as it was written, row after row', () => {
    for (const row of [
      { id: '1', note: 'a "b", c' },
      { id: '', note: '' },
      { id: 'x', note: 'two\nlines\n' },
    ]) {
      expect(decode?.(encode!(row))).toEqual(row);
    }
    expect(Buffer.from(encode!({ id: '1', note: null })).toString()).toBe('1,');
    expect(() => encode?.({ id: {}, note: '' } as never)).toThrowError(/^csv: /);
  });

  it('needs to be told the columns', () => {
    expect(csv()).not.toHaveProperty('decode');
    expect(csv({ header: false }).decode?.(bytesOf('a,b'))).toEqual({ 0: 'a', 1: 'b' });
  });
});

describe('format', () => {
  it('is what its functions do', async () => {
    const hex = format(
      'hex',
      async (message) => Buffer.from(message).toString('hex'),
      (value) => Buffer.from(value, 'hex'),
    );
    expect(hex.name).toBe('hex');
    await expect(hex.decode?.(Uint8Array.of(1, 255))).resolves.toBe('01ff');
    expect([...(hex.encode?.('01ff') ?? [])]).toEqual([1, 255]);
    expect(format('in', (message) => message.length)).not.toHaveProperty('encode');
  });

  const one = (): number => 1;
  it.each([
    ['', one, undefined],
    [5, one, undefined],
    ['x', undefined, undefined],
    ['x', one, 'no function'],
  ])('refuses %j, %o, %o when called', (name, decode, encode) => {
    const call = format as (...given: unknown[]) => unknown;
    expect(() => call(name, decode, encode)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
