import { describe, expect, it } from 'vitest';
import { Acknowledgements, type Identity } from '../../../connectors/mqtt/acknowledgements.ts';

function recorded(): { readonly held: Acknowledgements; readonly said: string[] } {
  const said: string[] = [];
  const held = new Acknowledgements({
    acknowledge: (id) => said.push(`puback ${id}`),
    receive: (id) => said.push(`pubrec ${id}`),
    complete: (id) => said.push(`pubcomp ${id}`),
  });
  return { held, said };
}

/** Equal ids, equal messages, unless it is said. */
const message = (qos: 1 | 2, id: number, digest = id): Identity => ({ qos, id, digest });
const upTo = (number: number, partition = '0'): ReadonlyMap<string, number> => new Map([[partition, number]]);

describe('messages of QoS 1', () => {
  it('are acknowledged in the order of arrival, as far as everything before is covered', () => {
    const { held, said } = recorded();
    held.arrived('a', message(1, 1));
    held.arrived('b', message(1, 2));
    held.arrived('a', message(1, 3));
    held.commit(upTo(3, 'a'), undefined);
    expect([said, held.uncovered]).toEqual([['puback 1'], 1]);
    held.commit(upTo(2, 'b'), undefined);
    expect([said, held.uncovered]).toEqual([['puback 1', 'puback 2', 'puback 3'], 0]);
  });

  it('that come again before they are acknowledged are dropped, and acknowledged then', () => {
    const { held, said } = recorded();
    held.arrived('0', message(1, 7));
    held.arrived('0', message(1, 8));
    held.connected(true);
    held.commit(upTo(1), undefined);
    expect(said).toEqual([]);
    expect(held.arrived('0', message(1, 7))).toBeUndefined();
    expect(said).toEqual(['puback 7']);
    expect(held.arrived('0', message(1, 8))).toBeUndefined();
    held.commit(upTo(2), undefined);
    expect(said).toEqual(['puback 7', 'puback 8']);
  });

  it('are new when they come with an id that was acknowledged, though they say the same', () => {
    const { held } = recorded();
    held.arrived('0', message(1, 7));
    held.commit(upTo(1), undefined);
    expect(held.arrived('0', message(1, 7))).toBe(2);
  });

  it('are new when they come with an id that is held, and say something else', () => {
    const { held, said } = recorded();
    held.arrived('0', message(1, 7));
    held.connected(true);
    expect(held.arrived('0', message(1, 7, 99))).toBe(2);
    held.commit(upTo(2), undefined);
    expect(said).toEqual(['puback 7']);
  });

  it('are not acknowledged to a broker that has lost the session', () => {
    const { held, said } = recorded();
    held.arrived('0', message(1, 1));
    held.connected(false);
    held.commit(upTo(1), undefined);
    expect([said, held.uncovered]).toEqual([[], 0]);
  });

  it('that nothing comes of wait for those before them alone', () => {
    const { held, said } = recorded();
    held.arrived('0', message(1, 1));
    held.arrived('0', message(1, 2));
    held.passLast();
    held.passLast();
    expect([said, held.uncovered]).toEqual([[], 1]);
    held.commit(upTo(1), undefined);
    expect(said).toEqual(['puback 1', 'puback 2']);
  });

  it('may be very many without what is done being kept', () => {
    const { held, said } = recorded();
    for (let number = 1; number <= 1_000; number++) {
      held.arrived('0', message(1, 1 + (number % 50)));
      held.commit(upTo(number), undefined);
    }
    expect([said.length, held.uncovered]).toEqual([1_000, 0]);
  });
});

describe('messages of QoS 2', () => {
  it('are received when a checkpoint holds them, and completed when one holds their id no more', () => {
    const { held, said } = recorded();
    held.arrived('0', message(2, 5));
    held.arrived('0', message(2, 6));
    expect(held.idsUpTo('0', 1)).toEqual({ 5: 5 });
    held.commit(upTo(1), new Set([5]));
    held.releasedBy(5);
    expect([said, held.released]).toEqual([['pubrec 5'], 1]);
    expect(held.idsUpTo('0', 2)).toEqual({ 6: 6 });
    // A checkpoint from before the release still holds it.
    held.commit(upTo(1), new Set([5]));
    expect(said).toEqual(['pubrec 5']);
    held.commit(upTo(2), new Set([6]));
    expect([said, held.released]).toEqual([['pubrec 5', 'pubrec 6', 'pubcomp 5'], 0]);
  });

  it('are known again behind a restart, by the ids of the checkpoint', () => {
    const { held, said } = recorded();
    held.restore('0', 0, { 5: 5, 6: 6 });
    held.connected(true);
    expect(held.arrived('0', message(2, 5))).toBeUndefined();
    expect(said).toEqual(['pubrec 5']);
    held.releasedBy(6);
    expect([said, held.idsUpTo('0', 0)]).toEqual([['pubrec 5'], { 5: 5 }]);
    held.commit(upTo(0), new Set([5]));
    expect(said).toEqual(['pubrec 5', 'pubcomp 6']);
    expect(held.arrived('0', message(2, 6))).toEqual(expect.any(Number));
  });

  it('are not covered by what a checkpoint of an earlier run says', () => {
    const { held, said } = recorded();
    held.restore('0', 40, { 5: 5 });
    held.connected(true);
    const first = held.arrived('0', message(2, 7));
    // It was cut before anything had come, and repeats what it was restored from.
    expect(held.idsUpTo('0', 40)).toEqual({ 5: 5 });
    held.commit(upTo(40), new Set([5]));
    expect([said, held.uncovered]).toEqual([[], 1]);
    held.commit(upTo(first as number), new Set([5, 7]));
    expect([said, held.uncovered]).toEqual([['pubrec 7'], 0]);
  });

  it('are forgotten with the session', () => {
    const { held } = recorded();
    held.restore('0', 0, { 5: 5 });
    held.connected(false);
    expect(held.idsUpTo('0', 0)).toEqual({});
    expect(held.arrived('0', message(2, 5))).toEqual(expect.any(Number));
  });

  it('are completed at once where no checkpoint keeps ids, or none knows this one', () => {
    const { held, said } = recorded();
    held.arrived('0', message(2, 5));
    held.commit(upTo(1), undefined);
    held.releasedBy(5);
    held.releasedBy(99);
    expect(said).toEqual(['pubrec 5', 'pubcomp 5', 'pubcomp 99']);
  });

  it('are not taken for those of QoS 1 with the same id', () => {
    const { held } = recorded();
    held.arrived('0', message(2, 5));
    expect(held.arrived('0', message(1, 5))).toBe(2);
  });
});
