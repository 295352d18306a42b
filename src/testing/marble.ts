import { ArgumentError } from '../../core/errors.ts';

/** One sign of a diagram at its frame: the symbol of a value, `|` or `#`. */
export interface Marble {
  readonly frame: number;
  readonly sign: string;
}

const msOf: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const progression = /^(\d+(?:\.\d+)?)(ms|s|m) /;
/** Signs that mean something of their own, and can be no value's. */
const reserved = '-()|#^! ';

/**
 * Reads a marble diagram as RxJS does: one character is one frame, `(ab)` happens in one frame and takes up as many as it has
 * characters, ` 10ms ` lets time go by, blanks are for the eye.
 *
 * @throws ArgumentError (`ML_ARGUMENT`) if it is none.
 */
export function readMarbles(where: string, marbles: unknown): readonly Marble[] {
  if (typeof marbles !== 'string') throw new ArgumentError(where, 'marbles', 'a text such as -a-b-|', marbles);
  const wrong = (expected: string): ArgumentError => new ArgumentError(where, 'marbles', expected, marbles);
  const read: Marble[] = [];
  let frame = 0;
  let group = -1;
  let ended = false;
  for (let rest = marbles; rest !== '';) {
    const sign = String.fromCodePoint(rest.codePointAt(0) as number);
    const before = marbles.length - rest.length;
    const time = before === 0 || marbles[before - 1] === ' ' ? progression.exec(rest) : null;
    if (time !== null) {
      if (group >= 0) throw wrong('without a time inside a group');
      const ms = Number(time[1]) * (msOf[time[2] as string] as number);
      if (!Number.isInteger(ms)) throw wrong('in whole milliseconds');
      frame += ms;
      rest = rest.slice(time[0].length);
      continue;
    }
    rest = rest.slice(sign.length);
    if (sign === ' ') continue;
    if (sign === '^' || sign === '!') throw wrong(`without \`${sign}\`, which is a sign of subscriptions`);
    if (sign === '(') {
      if (group >= 0) throw wrong('without a group inside a group');
      group = frame;
    } else if (sign === ')') {
      if (group < 0) throw wrong('with a `(` before each `)`');
      group = -1;
    } else if (sign === '-') {
      if (group >= 0) throw wrong('without `-` inside a group, which is one frame');
    } else {
      if (ended) throw wrong('without a sign behind `|` or `#`');
      read.push({ frame: group >= 0 ? group : frame, sign });
      ended = sign === '|' || sign === '#';
    }
    frame++;
  }
  if (group >= 0) throw wrong('with a `)` behind each `(`');
  return read;
}

/** The values that the symbols of a diagram stand for, checked. */
export function checkValues(where: string, values: unknown): Readonly<Record<string, unknown>> {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new ArgumentError(where, 'values', 'an object that names a value for each symbol', values);
  }
  const wrong = Object.keys(values).find((name) => Array.from(name).length !== 1 || reserved.includes(name));
  if (wrong !== undefined) {
    const expected = `named by one character each, which is none of ${Array.from(reserved.trim()).join(' ')}`;
    throw new ArgumentError(where, 'values', expected, wrong);
  }
  return values as Readonly<Record<string, unknown>>;
}

/** What a symbol stands for. */
export function valueOf(where: string, values: Readonly<Record<string, unknown>>, sign: string): unknown {
  if (Object.hasOwn(values, sign)) return values[sign];
  const names = Object.keys(values).map((name) => `\`${name}\``);
  const hint = 'a time such as `10ms` has a blank on both sides';
  throw new ArgumentError(where, 'marbles', `made of ${names.join(', ')} and the signs of time`, sign, hint);
}
