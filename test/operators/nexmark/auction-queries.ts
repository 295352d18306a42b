import { mean, min, type Stream, stream } from '../../../src/index.ts';
import { all, type Auction, type Bid, bidColumns, bidsOf, type Nexmark, type Person, type Query } from './model.ts';

/** An auction with all its bids. */
interface Auctioned {
  readonly auction: Auction;
  readonly bids: readonly Bid[];
}

function given<T>(values: readonly (T | null)[]): readonly T[] {
  return values.filter((value) => value !== null);
}

/** Without an operator that joins: both in one stream, and by key what came. */
function auctionsWithBids(input: Nexmark): Stream<Auctioned> {
  const bids = bidsOf(input).map((bid) => ({ id: bid.auction, auction: null, bid }));
  return stream(input.auction)
    .eventTime('date_time')
    .map((auction) => ({ id: auction.id, auction, bid: null }))
    .union(bids)
    .keyBy('id')
    .globalWindow()
    .aggregate({ records: all<{ readonly auction: Auction | null; readonly bid: Bid | null }>() })
    .unkeyed()
    .flatMap(({ records }): readonly Auctioned[] => {
      const [auction] = given(records.map((each) => each.auction));
      return auction === undefined ? [] : [{ auction, bids: given(records.map(({ bid }) => bid)) }];
    });
}

type Order = (a: Bid, b: Bid) => number;
const highest: Order = (a, b) => b.price - a.price || a.date_time - b.date_time;
const lowest: Order = (a, b) => a.price - b.price || a.date_time - b.date_time;

/** By auction the best bid while it was open. */
function winners(input: Nexmark, order = highest) {
  return auctionsWithBids(input).flatMap(({ auction, bids }) => {
    const open = bids.filter((bid) => bid.date_time >= auction.date_time && bid.date_time <= auction.expires);
    const [won] = open.toSorted(order);
    return won === undefined ? [] : [{ auction, won, ...auction, price: won.price, soldAt: won.date_time }];
  });
}

const heads = ({ auction: { id, item_name } }: Auctioned): readonly unknown[] => [id, item_name];

/** Those that bring auctions together with their bids, or with their sellers. */
export const auctionQueries: Readonly<Record<string, Query>> = {
  q3: ({ person, auction }) => {
    const auctions = stream(auction)
      .eventTime('date_time')
      .filter(({ category }) => category === 10)
      .map(({ id, seller }) => ({ person: seller, seller: null, auction: id }));
    return stream(person)
      .eventTime('date_time')
      .filter(({ state }) => ['or', 'id', 'ca'].includes(state))
      .map((seller) => ({ person: seller.id, seller, auction: null }))
      .union(auctions)
      .keyBy('person')
      .globalWindow()
      .aggregate({ records: all<{ readonly seller: Person | null; readonly auction: number | null }>() })
      .flatMap(({ records }) => {
        const [seller] = given(records.map((each) => each.seller));
        if (seller === undefined) return [];
        return given(records.map((each) => each.auction)).map((id) => [seller.name, seller.city, seller.state, id]);
      });
  },

  q4: (input) =>
    winners(input)
      .keyBy('category')
      .globalWindow()
      .aggregate({ avg: mean('price') })
      .map(({ category, avg }) => [category, avg]),

  // As RisingWave has it: there the lowest bid wins.
  q6_group_top1: (input) =>
    winners(input, lowest)
      .eventTime('soldAt', { outOfOrderness: '1d' })
      .sortByTime()
      .keyBy('seller')
      .countWindow({ size: 11, slide: 1 })
      .aggregate({ avg: mean('price') })
      .map(({ seller, avg }) => [seller, avg]),

  q9: (input) =>
    winners(input).map(({ auction, won }) => {
      const columns = auctionColumns(auction).slice(0, -1);
      return [auction.id, ...columns, won.auction, won.bidder, won.price, won.date_time];
    }),

  q20: (input) =>
    auctionsWithBids(input)
      .filter(({ auction }) => auction.category === 10)
      .flatMap(({ auction, bids }) => bids.map((bid) => [...bidColumns(bid), ...auctionColumns(auction)])),

  q101: (input) =>
    auctionsWithBids(input).map((each) => [
      ...heads(each),
      each.bids.reduce<number | null>((most, { price }) => Math.max(most ?? price, price), null),
    ]),

  q102: (input) =>
    auctionsWithBids(input)
      .globalWindow()
      .aggregate({ all: all<Auctioned>() })
      .flatMap(({ all: auctions }) => {
        const withBids = auctions.filter(({ bids }) => bids.length > 0);
        // SQL divides whole numbers.
        const average = Math.floor(withBids.reduce((sum, { bids }) => sum + bids.length, 0) / withBids.length);
        return withBids.filter(({ bids }) => bids.length >= average);
      })
      .map((each) => [...heads(each), each.bids.length]),

  q103: (input) =>
    auctionsWithBids(input)
      .filter(({ bids }) => bids.length >= 20)
      .map(heads),

  q104: (input) =>
    auctionsWithBids(input)
      .filter(({ bids }) => bids.length === 0 || bids.length >= 20)
      .map(heads),

  q105: (input) =>
    auctionsWithBids(input)
      .filter(({ bids }) => bids.length > 0)
      .map((each) => [...heads(each), each.bids.length]),

  q106: (input) =>
    winners(input)
      .globalWindow()
      .aggregate({ final: min('price') })
      .map(({ final }) => [final]),
};

/** Without its id. */
function auctionColumns(auction: Auction): readonly unknown[] {
  const { item_name: name, description, initial_bid: first, reserve, date_time: at, expires } = auction;
  return [name, description, first, reserve, at, expires, auction.seller, auction.category, auction.extra];
}
