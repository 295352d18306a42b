import { describe, expectTypeOf, it } from 'vitest';
import { fromMqtt, toMqtt } from '../../connectors/mqtt/index.ts';
import type { Source } from '../../core/source.ts';
import { json, stream } from '../../src/index.ts';

const base = { url: 'mqtt://h', clientId: 'c' } as const;

describe('fromMqtt', () => {
  it('knows the levels that a topic names', () => {
    fromMqtt({
      ...base,
      topic: 'site/{site}/{device}/temperature',
      value: json<{ t: number }>(),
      record: (value, { levels }) => {
        expectTypeOf(levels.site).toEqualTypeOf<string>();
        expectTypeOf(levels.device).toEqualTypeOf<string>();
        // @ts-expect-error no such level
        void levels.town;
        return value;
      },
    });
    fromMqtt({
      ...base,
      topic: 'logs/{path...}',
      value: json<unknown>(),
      record: (_, { levels }) => expectTypeOf(levels.path).toEqualTypeOf<readonly string[]>(),
    });
  });

  it('gives what `record` makes, else the value', () => {
    const made = fromMqtt({
      ...base,
      topic: 'a/{b}',
      value: json<{ t: number }>(),
      record: ({ t }, { levels: { b }, receivedAt }) => ({ t, b, at: receivedAt }),
    });
    expectTypeOf(made).toEqualTypeOf<Source<{ t: number; b: string; at: number }>>();
    stream(made).keyBy('b').eventTime('at');
    const plain = fromMqtt({ ...base, topic: ['a', 'b/#'], value: json<{ t: number }>() });
    expectTypeOf(plain).toEqualTypeOf<Source<{ t: number }>>();
  });

  it('refuses what is no option', () => {
    // @ts-expect-error QoS 3 there is not
    fromMqtt({ ...base, topic: 'a', value: json<unknown>(), qos: 3 });
    // @ts-expect-error the session has no name
    fromMqtt({ url: 'mqtt://h', topic: 'a', value: json<unknown>() });
  });
});

describe('toMqtt', () => {
  it('takes a topic of the row', () => {
    const sink = toMqtt<{ device: string }>({ ...base, topic: ({ device }) => `out/${device}`, value: json() });
    stream([{ device: 'a' }]).to(sink);
    // @ts-expect-error a source is no sink
    stream([{ device: 'a' }]).to(fromMqtt({ ...base, topic: 'a', value: json<{ device: string }>() }));
  });
});
