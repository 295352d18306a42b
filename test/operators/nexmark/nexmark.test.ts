import { expect, it } from 'vitest';
import { describeOracle, readOracle } from '../../support/oracles.ts';
import { auctionQueries } from './auction-queries.ts';
import type { Nexmark } from './model.ts';
import { statelessQueries } from './stateless-queries.ts';
import { windowQueries } from './window-queries.ts';

interface Answer {
  readonly rows: readonly (readonly unknown[])[];
}

const queries = { ...statelessQueries, ...windowQueries, ...auctionQueries };

/** Their order says nothing. */
function unordered(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

describeOracle<{ readonly queries: Readonly<Record<string, Answer>> }>(
  'the queries of Nexmark',
  'nexmark/small-expected.json',
  ({ queries: answers }, counted) => {
    const tally = counted('queries');
    const input = readOracle<Nexmark>('nexmark/small-input.json');

    it.each(Object.entries(answers))('%s', (name, { rows }) =>
      tally.checkLater(async () => {
        expect(unordered(await queries[name]!(input).toArray())).toEqual(unordered(rows));
      }),
    );

    const { queries: known } = readOracle<{ readonly queries: readonly { readonly id: string }[] }>(
      'nexmark/queries.json',
    );
    for (const { id } of known) {
      if (!Object.keys(answers).some((name) => name.split('_')[0] === id)) tally.leave(`${id}: there is no answer`);
    }
  },
);
