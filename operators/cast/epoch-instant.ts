import { furthestMs } from '../../core/instants.ts';
import type { FieldParser } from './field-parser.ts';
import { integerParser } from './integer.ts';

/** A unit of ms: how many of it, or which part of one, as powers of ten. */
const powers = { 'epoch-s': 3, 'epoch-ms': 0, 'epoch-us': -3, 'epoch-ns': -6 } as const;

const shape = /^([+-]?)(\d+)(?:\.(\d*))?$/;

/** Counts of a unit since 1970 as epoch ms; what is finer is cut off towards the past, as it is from a written time. */
export function epochParser(unit: keyof typeof powers): FieldParser {
  const power = powers[unit];
  return {
    parse: (value) => {
      if (typeof value === 'number') return numeric(value, power);
      if (typeof value === 'string' || typeof value === 'bigint') {
        const count = integerParser.parse(value) as number | undefined;
        return count === undefined ? written(String(value), power) : numeric(count, power);
      }
      return value instanceof Date ? within(value.getTime()) : undefined;
    },
    rule: () => 'timestamp',
  };
}

function numeric(count: number, power: number): number | undefined {
  if (!Number.isInteger(count))
    return Math.abs(count) < 1e-6 ? within(Math.floor(count)) : written(String(count), power);
  if (power >= 0) return within(count * 10 ** power);
  // The remainder is exact where the quotient would round.
  const unit = 10 ** -power;
  const rest = count % unit;
  return within((count - (rest < 0 ? rest + unit : rest)) / unit);
}

/** Moves the point in the text itself: 1706659200.123 s has no exact number, and 19 digits of ns have none either. */
function written(text: string, power: number): number | undefined {
  const [, sign, whole = '', fraction = ''] = shape.exec(text.trim()) ?? [];
  if (sign === undefined) return undefined;
  const all = whole + fraction.padEnd(power, '0');
  const cut = whole.length + power;
  const kept = Number(cut > 0 ? all.slice(0, cut) : '0');
  const cutOff = /[1-9]/.test(all.slice(Math.max(cut, 0)));
  return within(sign === '-' ? 0 - kept - (cutOff ? 1 : 0) : kept);
}

function within(at: number): number | undefined {
  return at >= -furthestMs && at <= furthestMs ? at + 0 : undefined;
}
