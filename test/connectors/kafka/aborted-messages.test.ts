import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FetchedPartition, leaveOutAborted } from '../../../connectors/kafka/kafkajs/aborted-messages.ts';

type Entry = FetchedPartition['messages'][number];

const commit = Buffer.from([0, 0, 0, 1]);
const abort = Buffer.from([0, 0, 0, 0]);

/** A log of transactions that lie between each other: `a` sends, `a!` gives up, `a.` commits, `-` is of no transaction. */
function logOf(script: readonly string[]): { readonly log: readonly Entry[]; readonly committed: readonly string[] } {
  const log = script.map((sign, place): Entry => {
    const [producerId = '', end] = sign;
    const marker = end === undefined ? {} : { isControlRecord: true };
    const key = end === '!' ? abort : end === '.' ? commit : null;
    return { offset: String(place), key, batchContext: { producerId, inTransaction: producerId !== '-' }, ...marker };
  });
  const isGivenUp = (place: number): boolean => {
    const [producer] = script[place]!;
    const end = script.slice(place).find((each) => each.length > 1 && each[0] === producer);
    return producer !== '-' && end !== `${producer}.`;
  };
  const committed = log.filter(({ isControlRecord }, place) => isControlRecord !== true && !isGivenUp(place));
  return { log, committed: committed.map(({ offset }) => offset) };
}

/** As a broker answers from this offset: what was given up in it, in the order in which it ended. */
function fetched(script: readonly string[], log: readonly Entry[], from: number): FetchedPartition {
  const abortedTransactions = script.flatMap((sign, end) => {
    if (sign[1] !== '!' || end < from) return [];
    const begun =
      1 +
      Math.max(
        -1,
        script.findLastIndex((each, at) => at < end && each.length > 1 && each[0] === sign[0]),
      );
    const first = script.findIndex((each, at) => at >= begun && each === sign[0]);
    return first < 0 || first > end ? [] : [{ producerId: sign[0]!, firstOffset: String(first) }];
  });
  return { abortedTransactions, messages: log.slice(from).map((each) => ({ ...each })) };
}

function read(
  script: readonly string[],
  from = 0,
): { readonly is: readonly string[]; readonly committed: readonly string[] } {
  const { log, committed } = logOf(script);
  const partition = fetched(script, log, from);
  leaveOutAborted(partition);
  expect(partition.abortedTransactions ?? []).toEqual([]);
  const is = partition.messages.filter(({ isControlRecord }) => isControlRecord !== true).map(({ offset }) => offset);
  return { is, committed: committed.filter((offset) => Number(offset) >= from) };
}

describe('leaveOutAborted', () => {
  it.each([
    ['one after the other', 'a a a! b b b. a a a.'],
    ['one within the other', 'a b b b! a a!'],
    ['that begin together and end in another order', 'a b c - c! b! a a!'],
    ['beside committed ones', 'a b - a b a! b b.'],
  ])('reads what is committed: transactions %s', (_, script) => {
    const { is, committed } = read(script.split(' '));
    expect(is).toEqual(committed);
  });

  it('reads what is committed from the middle of several that were given up', () => {
    const { is, committed } = read('a b c c - c b a b! a! c!'.split(' '), 3);
    expect(is).toEqual(committed);
    expect(is).toEqual(['4']);
  });

  it('takes no key of a message for the end of a transaction', () => {
    const partition: FetchedPartition = {
      abortedTransactions: [{ producerId: 'a', firstOffset: '0' }],
      messages: [0, 1, 2].map((offset) => ({
        offset: String(offset),
        key: abort,
        batchContext: { producerId: 'a', inTransaction: true },
      })),
    };
    leaveOutAborted(partition);
    expect(partition.messages.every(({ isControlRecord }) => isControlRecord)).toBe(true);
  });

  it('leaves everything as it is where nothing was given up', () => {
    const partition = { messages: [{ offset: '0', key: null }] };
    leaveOutAborted(partition);
    expect(partition).toEqual({ messages: [{ offset: '0', key: null }] });
  });

  it('reads what is committed, from any place in any mixture of transactions that all have ended', () => {
    const signs = fc.constantFrom('a', 'b', 'c', '-', 'a!', 'b!', 'a.', 'b.', 'c!', 'c.');
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 40 }), fc.nat(20), (begun, from) => {
        const { is, committed } = read([...begun, 'a!', 'b.', 'c!'], from);
        expect(is).toEqual(committed);
      }),
    );
  });
});
