import { count, distinct, last, max, mean, min, type Stream, stream, sum } from '../../../src/index.ts';
import { all, type Bid, bidColumns, bidsOf, type Nexmark, type Query } from './model.ts';

/** Those of the rows that have the most of a field: ties stay. */
function largest<T, F extends keyof T>(rows: readonly T[], field: F): readonly T[] {
  const most = rows.reduce((before, row) => Math.max(before, row[field] as number), Number.NEGATIVE_INFINITY);
  return rows.filter((row) => row[field] === most);
}

/** A bid, and its parts once more under the name of its rank by price; `null` in the others. */
function ranked(bids: Stream<Bid>) {
  const rankOf = ({ price }: Bid): number => (price < 10_000 ? 1 : price < 1_000_000 ? 2 : 3);
  const only = (rank: number, field: 'bidder' | 'auction') => (bid: Bid) => (rankOf(bid) === rank ? bid[field] : null);
  return bids.derive({
    bidder1: only(1, 'bidder'),
    bidder2: only(2, 'bidder'),
    bidder3: only(3, 'bidder'),
    auction1: only(1, 'auction'),
    auction2: only(2, 'auction'),
    auction3: only(3, 'auction'),
  });
}

const counts = {
  total: count(),
  rank1: count('bidder1'),
  rank2: count('bidder2'),
  rank3: count('bidder3'),
} as const;

const distincts = {
  bidders: distinct('bidder'),
  bidders1: distinct('bidder1'),
  bidders2: distinct('bidder2'),
  bidders3: distinct('bidder3'),
  auctions: distinct('auction'),
  auctions1: distinct('auction1'),
  auctions2: distinct('auction2'),
  auctions3: distinct('auction3'),
} as const;

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

const statistics = { ...counts, ...distincts, latest: max('date_time') } as const;

type Counted<A> = { readonly [N in keyof A]: number };

function countsOf({ total, rank1, rank2, rank3 }: Counted<typeof counts>): readonly number[] {
  return [total, rank1, rank2, rank3];
}

/** How many different values there are of no value is `null` here, and 0 in SQL. */
function statisticsOf(row: Counted<typeof counts> & { readonly [N in keyof typeof distincts]: number | null }) {
  return [...countsOf(row), ...Object.keys(distincts).map((name) => row[name as keyof typeof distincts] ?? 0)];
}

const sessions =
  (gap: '1s' | '10s'): Query =>
  (input) =>
    stream(input.bid)
      // A session closes with the bid of somebody else at its very end, though one of its own at that time would go on with it.
      .eventTime('date_time', { outOfOrderness: '1ms' })
      .keyBy('bidder')
      .sessionWindow({ gap })
      .aggregate({ n: count() })
      .map(({ bidder, n, windowStart, windowEnd }) => [bidder, n, windowStart, windowEnd]);

/** Those about bids alone, in windows. */
export const windowQueries: Readonly<Record<string, Query>> = {
  q5: (input) =>
    bidsOf(input)
      .keyBy('auction')
      .slidingWindow({ size: '10s', slide: '2s' })
      .aggregate({ num: count() })
      .unkeyed()
      // One sliding window ends in each of these.
      .tumblingWindow('2s')
      .aggregate({ items: all<{ auction: number; num: number; windowStart: number }>() })
      .flatMap(({ items }) => largest(items, 'num'))
      .map(({ auction, num, windowStart }) => [auction, num, windowStart]),

  q7: (input) =>
    bidsOf(input)
      .tumblingWindow('10s')
      .aggregate({ bids: all<Bid>() })
      .flatMap(({ bids }) => largest(bids, 'price'))
      .map(({ auction, price, bidder, date_time }) => [auction, price, bidder, date_time]),

  q8: ({ person, auction }: Nexmark) => {
    const sellers = stream(auction)
      .eventTime('date_time')
      .map(({ seller }) => ({ id: seller, name: null, opened: true }));
    return stream(person)
      .eventTime('date_time')
      .map(({ id, name }) => ({ id, name, opened: null }))
      .union(sellers)
      .keyBy('id')
      .tumblingWindow('10s')
      .aggregate({ name: last('name'), opened: count('opened') })
      .filter(({ name, opened }) => name !== null && opened > 0)
      .map(({ id, name, windowStart }) => [id, name, windowStart]);
  },

  q11_session10s: sessions('10s'),
  q11_session1s: sessions('1s'),

  q12_eventtime_tumble10s: (input) =>
    bidsOf(input)
      .keyBy('bidder')
      .tumblingWindow('10s')
      .aggregate({ n: count() })
      .map(({ bidder, n, windowStart, windowEnd }) => [bidder, n, windowStart, windowEnd]),

  q15: (input) =>
    ranked(bidsOf(input))
      .tumblingWindow('1d')
      .aggregate(statistics)
      .map((row) => [dayOf(row.windowStart), ...statisticsOf(row)]),

  q16: (input) =>
    ranked(bidsOf(input))
      .keyBy('channel')
      .tumblingWindow('1d')
      .aggregate(statistics)
      .map((row) => {
        const minute = new Date(row.latest).toISOString().slice(11, 16);
        return [row.channel, dayOf(row.windowStart), minute, ...statisticsOf(row)];
      }),

  q17: (input) =>
    ranked(bidsOf(input))
      .keyBy('auction')
      .tumblingWindow('1d')
      .aggregate({ ...counts, min: min('price'), max: max('price'), mean: mean('price'), sum: sum('price') })
      .map((row) => {
        return [row.auction, dayOf(row.windowStart), ...countsOf(row), row.min, row.max, row.mean, row.sum];
      }),

  q18: (input) =>
    bidsOf(input)
      .keyBy('bidder', 'auction')
      .globalWindow()
      .aggregate({ bids: all<Bid>() })
      // Of bids of the same moment SQL may take any; this answer has the first.
      .flatMap(({ bids }) => largest(bids, 'date_time').slice(0, 1))
      .map(bidColumns),

  q19: (input) =>
    bidsOf(input)
      .keyBy('auction')
      .globalWindow()
      .aggregate({ bids: all<Bid>() })
      .flatMap(({ bids }) =>
        bids
          .toSorted((a, b) => b.price - a.price)
          .slice(0, 10)
          .map((bid, index) => [...bidColumns(bid), index + 1]),
      ),
};
