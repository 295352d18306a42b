import { describe, expect, it } from 'vitest';
import { bytes } from '../../../core/format/bytes.ts';
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
