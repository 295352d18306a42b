import { type Stream, stream } from '../../../src/index.ts';
import type { Bid, Nexmark, Query } from './model.ts';

const bids = ({ bid }: Nexmark): Stream<Bid> => stream(bid);

/** In euros, as text: the price is whole, so three digits behind the point are all. */
function inEuros(price: number): string {
  return (price * 0.908).toFixed(3);
}

function timeType(at: number): string {
  const hour = new Date(at).getUTCHours();
  if (hour >= 8 && hour <= 18) return 'dayTime';
  return hour <= 6 || hour >= 20 ? 'nightTime' : 'otherTime';
}

const channels: Readonly<Record<string, string>> = { apple: '0', google: '1', facebook: '2', baidu: '3' };

function channelId({ channel, url }: Bid): string | undefined {
  return channels[channel.toLowerCase()] ?? /(?:&|\?)channel_id=([^&]*)/.exec(url)?.[1];
}

/** Those that look at one record at a time. */
export const statelessQueries: Readonly<Record<string, Query>> = {
  q0: (input) => bids(input).map(({ auction, bidder, price, date_time }) => [auction, bidder, price, date_time]),

  q1: (input) =>
    bids(input).map(({ auction, bidder, price, date_time }) => [auction, bidder, inEuros(price), date_time]),

  q2: (input) =>
    bids(input)
      .filter(({ auction }) => [1007, 1020, 2001, 2019, 2087].includes(auction))
      .map(({ auction, price }) => [auction, price]),

  q2_mod123: (input) =>
    bids(input)
      .filter(({ auction }) => auction % 123 === 0)
      .map(({ auction, price }) => [auction, price]),

  q10: (input) =>
    bids(input).map(({ auction, bidder, price, date_time }) => {
      const [date, time = ''] = new Date(date_time).toISOString().split('T');
      const hour = String(Number(time.slice(0, 2)) % 12 || 12).padStart(2, '0');
      return [auction, bidder, price, date_time, date, `${hour}${time.slice(2, 5)}`];
    }),

  q14: (input) =>
    bids(input)
      .filter(({ price }) => price * 0.908 > 1_000_000 && price * 0.908 < 50_000_000)
      .map(({ auction, bidder, price, date_time, extra }) => {
        return [auction, bidder, inEuros(price), timeType(date_time), date_time, extra.split('c').length - 1];
      }),

  q21: (input) =>
    bids(input).flatMap((bid) => {
      const id = channelId(bid);
      return id === undefined ? [] : [[bid.auction, bid.bidder, bid.price, bid.channel, id]];
    }),

  q22: (input) =>
    bids(input).map(({ auction, bidder, price, channel, url }) => {
      return [auction, bidder, price, channel, ...url.split('/').slice(3, 6)];
    }),
};
