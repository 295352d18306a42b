import { aggregator } from '../../../operators/aggregate/aggregator.ts';
import { type Stream, stream } from '../../../src/index.ts';

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly date_time: number;
}

export interface Auction {
  readonly id: number;
  readonly item_name: string;
  readonly description: string;
  readonly initial_bid: number;
  readonly reserve: number;
  readonly date_time: number;
  readonly expires: number;
  readonly seller: number;
  readonly category: number;
  readonly extra: string;
}

export interface Bid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly url: string;
  readonly date_time: number;
  readonly extra: string;
}

export interface Nexmark {
  readonly person: readonly Person[];
  readonly auction: readonly Auction[];
  readonly bid: readonly Bid[];
}

/** A query as a chain over the input, whose rows are the columns of its answer. */
export type Query = (input: Nexmark) => { toArray(): Promise<readonly (readonly unknown[])[]> };

export function bidsOf({ bid }: Nexmark): Stream<Bid> {
  return stream(bid).eventTime('date_time');
}

export function bidColumns({ auction, bidder, price, channel, url, date_time: at, extra }: Bid): readonly unknown[] {
  return [auction, bidder, price, channel, url, at, extra];
}

/** All records as lists. */
export function all<T>(): ReturnType<typeof aggregator<T, T[], readonly T[]>> {
  return aggregator<T, T[], readonly T[]>({
    create: () => [],
    add: (list, record) => [...list, record],
    result: (list) => list,
    merge: (a, b) => [...a, ...b],
  });
}
