import { drawBoth } from './diagram.ts';
import { type Difference, differences } from './difference.ts';
import { written } from './written.ts';

/** What happens at a frame: a value, or a sign that stands for itself. */
export interface Mark {
  readonly frame: number;
  readonly kind: 'value' | 'end' | 'error' | 'subscribed' | 'unsubscribed';
  /** Of an error and a value. */
  readonly value?: unknown;
  /** What the value is called in the diagram that was expected. */
  readonly symbol?: string;
  /** Of a symbol without a value: it says enough by itself. */
  readonly isBare?: boolean;
}

/** How an expected value is held against an actual one. */
export type Matcher = (expected: Mark, actual: Mark) => readonly Difference[];

const signOf = { end: '|', error: '#', subscribed: '^', unsubscribed: '!' } as const;
const spare = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Differences of one value that are spelled out. */
const mostDifferences = 10;

/** What to say where two diagrams differ: both of them, the first difference marked and spelled out. Nothing where they are the same. */
export function compareDiagrams(
  subject: string,
  expected: readonly Mark[],
  actual: readonly Mark[],
  match: Matcher = matchFully,
): string | undefined {
  const matches = (one: Mark, other: Mark): boolean => one.kind === other.kind && match(one, other).length === 0;
  const fault = firstFault(expected, actual, matches);
  if (fault === undefined) return undefined;
  const names = new Names(expected, matches);
  const { lines, column } = drawBoth(
    expected.map((mark) => ({ frame: mark.frame, sign: names.ofExpected(mark) })),
    actual.map((mark) => ({ frame: mark.frame, sign: names.ofActual(mark) })),
  );
  const { frame, index, wanted, got } = fault;
  return [
    `${subject}, from frame ${frame} on`,
    '',
    `  expected  ${lines[0]}`,
    `  actual    ${lines[1]}`,
    `            ${' '.repeat(column(frame, index))}^`,
    `  at frame ${frame}`,
    `  expected  ${wanted === undefined ? 'nothing' : tell(names.ofExpected(wanted), wanted)}`,
    `  got       ${got === undefined ? 'nothing' : tell(names.ofActual(got), got)}`,
    ...(wanted?.kind === got?.kind && wanted !== undefined ? spelledOut(match(wanted, got as Mark)) : []),
    ...names.added(got).map((mark) => `  also      ${tell(names.ofActual(mark), mark)}`),
  ].join('\n');
}

/** Every value in full. */
function matchFully(expected: Mark, actual: Mark): readonly Difference[] {
  return differences(expected.value, actual.value);
}

interface Fault {
  readonly frame: number;
  /** Which of the signs of that frame. */
  readonly index: number;
  readonly wanted: Mark | undefined;
  readonly got: Mark | undefined;
}

function firstFault(
  expected: readonly Mark[],
  actual: readonly Mark[],
  matches: (one: Mark, other: Mark) => boolean,
): Fault | undefined {
  let index = 0;
  let last = Number.NaN;
  for (let at = 0; at < Math.max(expected.length, actual.length); at++) {
    const [one, other] = [expected[at], actual[at]];
    const frame = Math.min(one?.frame ?? Number.POSITIVE_INFINITY, other?.frame ?? Number.POSITIVE_INFINITY);
    index = frame === last ? index + 1 : 0;
    last = frame;
    const wanted = one?.frame === frame ? one : undefined;
    const got = other?.frame === frame ? other : undefined;
    if (wanted === undefined || got === undefined || !matches(wanted, got)) return { frame, index, wanted, got };
  }
  return undefined;
}

/** What values are called: as in the expected diagram; the others by letters that it does not use. */
class Names {
  readonly #matches: (expected: Mark, actual: Mark) => boolean;
  readonly #named: { readonly mark: Mark; readonly name: string }[] = [];
  readonly #added: { readonly mark: Mark; readonly name: string }[] = [];
  readonly #spare: string[];

  constructor(expected: readonly Mark[], matches: (expected: Mark, actual: Mark) => boolean) {
    this.#matches = matches;
    const taken = new Set(expected.flatMap(({ symbol }) => symbol ?? []));
    this.#spare = Array.from(spare).filter((name) => !taken.has(name));
    for (const mark of expected) {
      if (mark.kind !== 'value') continue;
      const known = this.#named.find((each) => same(each.mark, mark));
      const name = mark.symbol ?? known?.name ?? this.#next(mark);
      if (known === undefined || mark.symbol !== undefined) this.#named.push({ mark, name });
    }
  }

  ofExpected(mark: Mark): string {
    if (mark.kind !== 'value') return signOf[mark.kind];
    return mark.symbol ?? this.#named.find((each) => same(each.mark, mark))?.name ?? '?';
  }

  ofActual(mark: Mark): string {
    if (mark.kind !== 'value') return signOf[mark.kind];
    // Where several names fit, the one that was expected in this place.
    const fitting = this.#named.filter((each) => this.#matches(each.mark, mark));
    const found = fitting.find((each) => each.mark.frame === mark.frame) ?? fitting[0] ?? this.#addition(mark);
    if (found !== undefined) return found.name;
    const name = this.#next(mark);
    this.#added.push({ mark, name });
    return name;
  }

  /** Values that were not expected anywhere, one of each, without the one that has been told. */
  added(told: Mark | undefined): readonly Mark[] {
    return this.#added.flatMap(({ mark }) => (told !== undefined && same(mark, told) ? [] : [mark]));
  }

  #addition(mark: Mark): { readonly mark: Mark; readonly name: string } | undefined {
    return this.#added.find((each) => same(each.mark, mark));
  }

  /** A value of one character is its own name if it can be. */
  #next({ value }: Mark): string {
    const own = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    const place = this.#spare.indexOf(own);
    return this.#spare.splice(Math.max(place, 0), 1)[0] ?? '?';
  }
}

function same(one: Mark, other: Mark): boolean {
  return one.kind === other.kind && differences(one.value, other.value).length === 0;
}

function tell(sign: string, { kind, value, isBare }: Mark): string {
  if (kind === 'value') return isBare === true || written(value) === sign ? sign : `${sign} = ${written(value)}`;
  if (kind === 'error') return value === undefined ? '# (an error)' : `# = ${written(value)}`;
  const meaning = { end: 'the end', subscribed: 'subscribed', unsubscribed: 'unsubscribed' }[kind];
  return `${sign} (${meaning})`;
}

function spelledOut(found: readonly Difference[]): readonly string[] {
  const told = found
    .filter(({ path }) => path !== '')
    .slice(0, mostDifferences)
    .map(({ path, expected, actual }) => `    ${path}: expected ${written(expected)}, got ${written(actual)}`);
  const more = found.length - mostDifferences;
  return more > 0 ? [...told, `    and ${more} more`] : told;
}
