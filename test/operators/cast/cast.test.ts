import { of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { cast } from '../../../operators/cast/cast.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { castAll, castOne } from './cast-all.ts';

describe('cast', () => {
  obeysOperatorLaws(
    () => cast({ t: 'number', at: { type: 'timestamp?', zone: 'Europe/Berlin' } }),
    [{ t: '1', at: '2024-01-31' }, { t: ' 2.5', at: '' }, { t: '3' }],
  );

  it('replaces fields in their places and leaves the others and the record alone', () => {
    const record = Object.freeze({ id: 'a', t: '21.5', unit: 'C', at: '2024-01-31T12:00:00Z' });
    const { rows } = castAll({ at: 'timestamp', t: 'number' }, [record]);
    expect(JSON.stringify(rows[0])).toBe('{"id":"a","t":21.5,"unit":"C","at":1706702400000}');
    expect(record.t).toBe('21.5');
  });

  it('puts a field that was not there at the end', () => {
    expect(JSON.stringify(castAll({ t: 'number?' }, [{ id: 'a' }]).rows)).toBe('[{"id":"a","t":null}]');
  });

  it('makes one rejection of one record: the first fault in the order of the spec, the others beside it', () => {
    const record = { a: 'x', b: '1', c: null, d: 'maybe' };
    const { rows, rejections } = castAll({ d: 'boolean', a: 'number', c: 'integer', b: 'number' }, [record]);
    expect(rows).toEqual([]);
    expect(rejections).toEqual([
      {
        kind: 'invalid',
        operator: 'cast',
        value: record,
        field: 'd',
        rule: 'boolean',
        received: 'maybe',
        others: [
          { field: 'a', rule: 'number', received: 'x' },
          { field: 'c', rule: 'not missing', received: null },
        ],
      },
    ]);
  });

  it('says nothing of others where there are none', () => {
    expect(castAll({ a: 'number' }, [{ a: 'x' }]).rejections[0]).not.toHaveProperty('others');
  });

  it('goes on with the next record, and lets no value of a rejected one into it', () => {
    const { rows } = castAll({ a: 'number?', b: 'number' }, [{ a: '7', b: 'x' }, { b: '1' }, { a: '2', b: '3' }]);
    expect(rows).toEqual([
      { b: 1, a: null },
      { a: 2, b: 3 },
    ]);
  });

  it.each([null, undefined, 5, 'text', true, [1, 2]])('rejects %j, which is no object', (value) => {
    const { rows, rejections } = castAll({ x: 'number?' }, [value]);
    expect(rows).toEqual([]);
    expect(rejections).toEqual([{ kind: 'invalid', operator: 'cast', rule: 'an object', value, received: value }]);
  });

  it('fails the stream by default', () => {
    let error: unknown;
    const source = new Subject<{ t: string }>();
    source.pipe(cast({ t: 'number' })).subscribe({ error: (cause: unknown) => (error = cause) });
    source.next({ t: '1' });
    source.next({ t: '12abc' });
    expect(error).toMatchObject({
      name: 'DataError',
      code: 'ML_DATA',
      message: 'cast: `t` must be number, got "12abc" (string)',
    });
    expect(source.observed).toBe(false);
  });

  it('drops what does not fit where it is told to', () => {
    const rows: unknown[] = [];
    of({ t: '1' }, { t: 'x' })
      .pipe(cast({ t: 'number' }, { onReject: 'drop' }))
      .subscribe((row) => rows.push(row));
    expect(rows).toEqual([{ t: 1 }]);
  });

  it('carries a recipe that says what it reads', () => {
    expect(cast({ t: 'number', at: { type: 'timestamp?', zone: 'UTC' } }).recipe).toMatchObject({
      operator: 'cast',
      stateful: false,
      summary: 't: number, at: timestamp?',
      fields: { reads: ['t', 'at'], writes: ['t', 'at'], keepsOthers: true },
    });
  });
});

describe('missing values', () => {
  it.each([null, undefined, Number.NaN, '', '  ', '\t\n'])('rejects %j as not missing', (value) => {
    expect(castOne('number', value)).toEqual({ rule: 'not missing' });
    expect(castOne('integer', value)).toEqual({ rule: 'not missing' });
    expect(castOne('boolean', value)).toEqual({ rule: 'not missing' });
    expect(castOne('timestamp', value)).toEqual({ rule: 'not missing' });
  });

  it.each([null, undefined, Number.NaN, '', ' '])('turns %j into null where the type ends in ?', (value) => {
    expect(castOne('number?', value)).toBe(null);
    expect(castOne('integer?', value)).toBe(null);
    expect(castOne('boolean?', value)).toBe(null);
    expect(castOne('timestamp?', value)).toBe(null);
  });

  it('keeps blank text where text is wanted', () => {
    expect(castOne('string', ' ')).toBe(' ');
    expect(castOne('string', '')).toEqual({ rule: 'not missing' });
    expect(castOne('string?', '')).toBe(null);
  });

  it('still rejects what is wrong and not missing', () => {
    expect(castOne('number?', 'x')).toEqual({ rule: 'number' });
  });

  it('adds the listed texts, with space around them but in text', () => {
    const missing = ['NA', '-'];
    expect(castOne({ type: 'number?', missing }, ' NA ')).toBe(null);
    expect(castOne({ type: 'number', missing }, '-')).toEqual({ rule: 'not missing' });
    expect(castOne({ type: 'timestamp?', missing }, 'NA')).toBe(null);
    expect(castOne({ type: 'string?', missing }, 'NA')).toBe(null);
    expect(castOne({ type: 'string?', missing }, ' NA ')).toBe(' NA ');
    expect(castOne({ type: 'number?', missing }, 'na')).toEqual({ rule: 'number' });
    expect(castOne({ type: 'number?', missing }, 7)).toBe(7);
  });

  it.each([[-999], ['-999'], [-999n]])('finds the listed %s however the number is written', (listed) => {
    const rule = { type: 'number?', missing: [listed] } as const;
    expect(castOne(rule, -999)).toBe(null);
    expect(castOne(rule, '-999')).toBe(null);
    expect(castOne(rule, ' -999.0 ')).toBe(null);
    expect(castOne(rule, '-99')).toBe(-99);
    expect(castOne(rule, 'x')).toEqual({ rule: 'number' });
  });

  it('does not take a number for missing because another entry is none', () => {
    expect(castOne({ type: 'number?', missing: ['NA', null] }, 'x')).toEqual({ rule: 'number' });
  });

  it('compares texts alone where fields become something else', () => {
    expect(castOne({ type: 'timestamp?', format: 'epoch-s', missing: [0] }, '0')).toBe(null);
    expect(castOne({ type: 'boolean?', false: ['no', '0'], missing: ['0'] }, 'no')).toBe(false);
    expect(castOne({ type: 'string?', missing: ['NA'] }, new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('a wrong call of cast', () => {
  const call = cast as (given: unknown) => unknown;

  it.each([
    [{}, 'cast: `spec` must be an object with at least one entry, got {} (object)'],
    [null, 'cast: `spec` must be an object with at least one entry, got null'],
    [{ t: 'float' }, 'cast: `t` must be one of `number`'],
    [{ t: 'number??' }, 'cast: `t` must be one of `number`'],
    [{ t: 'bigint' }, 'cast: `t` must be one of `number`'],
    [{ t: undefined }, 'cast: `t` must be `number`'],
    [{ t: ['number'] }, 'cast: `t` must be `number`'],
    [{ t: {} }, 'cast: `t.type` must be one of `number`'],
    [{ t: { type: 'decimal' } }, 'cast: `t.type` must be one of `number`'],
    [
      { t: { type: 'number', zone: 'UTC' } },
      'cast: `t.zone` must be one of the options of `number`: `type`, `missing`',
    ],
    [{ t: { type: 'number', percent: true } }, 'cast: `t.percent` must be one of the options of `number`'],
    [{ t: { type: 'timestamp', true: ['x'] } }, 'cast: `t.true` must be one of the options of `timestamp`'],
    [{ t: { type: 'number', missing: 'NA' } }, 'cast: `t.missing` must be a list'],
    [{ t: { type: 'number', missing: [{}] } }, 'cast: `t.missing` must be a list of texts'],
    [{ t: { type: 'boolean', true: [] } }, 'cast: `t.true` must be a list of at least one text'],
    [{ t: { type: 'boolean', false: [0] } }, 'cast: `t.false` must be a list of at least one text'],
    [{ t: { type: 'boolean', true: ['x'], false: ['x'] } }, 'cast: `t.true` must be other texts than those of `false`'],
    [{ t: { type: 'boolean', true: ['false'] } }, 'cast: `t.true` must be other texts than those of `false`'],
    [{ t: { type: 'timestamp', format: 'rfc-2822' } }, 'cast: `t.format` must be one of `iso`'],
    [
      { t: { type: 'timestamp', zone: 'Europe/Nowhere' } },
      "cast: `t.zone` must be a time zone such as 'Europe/Berlin'",
    ],
    [{ t: { type: 'timestamp', zone: 1 } }, "cast: `t.zone` must be a time zone such as 'Europe/Berlin'"],
    [{ t: { type: 'timestamp', format: 'epoch-s', zone: 'UTC' } }, 'cast: `t.zone` must be left out with `epoch-s`'],
  ])('throws on %j', (given, message) => {
    expect(() => call(given)).toThrow(
      expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('throws on an option that nobody reads', () => {
    expect(() => cast({ t: 'number' }, { key: 'id' } as never)).toThrow(
      'cast: `key` must be one of the options `onReject`',
    );
  });
});
