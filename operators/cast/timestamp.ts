import { Zone } from '../../core/zone.ts';
import { epochParser } from './epoch-instant.ts';
import type { FieldParser } from './field-parser.ts';
import { isoInstant, type WallClock } from './iso-instant.ts';

export type TimestampFormat = 'iso' | 'epoch-s' | 'epoch-ms' | 'epoch-us' | 'epoch-ns';

/** Epoch milliseconds: of a text in `format`, a number, or a `Date`. What is finer than a millisecond is cut off. */
export function timestampParser(format: TimestampFormat, zone: string | undefined): FieldParser {
  return format === 'iso' ? isoParser(zone) : epochParser(format);
}

const utc: WallClock = { instantOf: (wall) => wall };
const epochMs = epochParser('epoch-ms');

function isoParser(zone: string | undefined): FieldParser {
  const clock = zone === undefined ? undefined : new Zone(zone);
  return {
    parse: (value) => {
      if (typeof value !== 'string') return epochMs.parse(value);
      const instant = isoInstant(value, clock);
      if (instant === instant) return instant;
      const trimmed = value.trim();
      if (trimmed.length === value.length) return undefined;
      const inside = isoInstant(trimmed, clock);
      return inside === inside ? inside : undefined;
    },
    rule: (value) => {
      const lacksZone = typeof value === 'string' && !Number.isNaN(isoInstant(value.trim(), utc));
      return lacksZone && clock === undefined ? 'timestamp with Z or an offset' : 'timestamp';
    },
  };
}
