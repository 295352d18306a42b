import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';

const folder = process.env['MILLRACE_SHARED'];

/** How many cases of one kind hold, of how many that apply; and why the others do not. */
export interface OracleCount {
  readonly file: string;
  readonly kind: string;
  readonly held: number;
  readonly of: number;
  readonly left: readonly (readonly [reason: string, cases: number])[];
}

declare module 'vitest' {
  interface TaskMeta {
    /** What `oracle-reporter.ts` prints. */
    oracles?: readonly OracleCount[];
  }
}

/**
 * A suite over cases that nobody here wrote. They lie outside the repository, in `oracles/` of the folder that
 * MILLRACE_SHARED names (an absolute path): without it the suite is skipped, and fails where `CI` is true. `counted` begins
 * to count the cases of one kind; the counts are printed when all tests have run.
 */
export function describeOracle<Cases>(
  name: string,
  file: string,
  body: (cases: Cases, counted: (kind: string) => Tally) => void,
): void {
  if (folder !== undefined) {
    describe(name, () => {
      const tallies: Tally[] = [];
      // oxlint-disable-next-line no-empty-pattern -- vitest reads off the pattern that no fixture is wanted.
      afterAll(({}, suite) => {
        suite.meta.oracles = tallies.map((tally) => tally.count(file));
      });
      body(readOracle<Cases>(file), (kind) => {
        const tally = new Tally(kind);
        tallies.push(tally);
        return tally;
      });
    });
  } else if (process.env['CI'] === 'true') {
    it(name, () => {
      throw new Error(`set MILLRACE_SHARED to the folder that holds oracles/${file}`);
    });
  } else
    describe.skip(`${name}: NOT RUN, set MILLRACE_SHARED to the folder that holds oracles/${file}`, () =>
      it('', () => {}));
}

/** What stands in a file of the folder; within `describeOracle` only. */
export function readOracle<Cases>(file: string): Cases {
  return JSON.parse(readFileSync(join(folder as string, 'oracles', file), 'utf8')) as Cases;
}

/** Counts the cases of one kind. */
export class Tally {
  readonly #kind: string;
  #held = 0;
  #of = 0;
  readonly #left = new Map<string, number>();

  constructor(kind: string) {
    this.#kind = kind;
  }

  /** Runs one case, and counts it. */
  check(run: () => void): void {
    this.#of++;
    run();
    this.#held++;
  }

  /** The same of a case that takes its time. */
  async checkLater(run: () => Promise<void>): Promise<void> {
    this.#of++;
    await run();
    this.#held++;
  }

  /** Some cases do not apply. */
  leave(reason: string, count: number = 1): void {
    this.#left.set(reason, (this.#left.get(reason) ?? 0) + count);
  }

  count(file: string): OracleCount {
    return { file, kind: this.#kind, held: this.#held, of: this.#of, left: [...this.#left] };
  }
}

/** The cases that apply; of the others the tally gets the reason: from a table by name, or as somebody says. */
export function applicable<Case extends { readonly name: string }>(
  cases: readonly Case[],
  tally: Tally,
  elsewhere: Readonly<Record<string, string>> | ((each: Case) => string | undefined),
): readonly Case[] {
  if (typeof elsewhere === 'object') {
    const unknown = Object.keys(elsewhere).filter((name) => !cases.some((each) => each.name === name));
    if (unknown.length > 0) throw new Error(`no case is called ${unknown.join(' or ')}`);
  }
  const whyNot = ({ name }: Case): string | undefined => {
    const reason = (elsewhere as Readonly<Record<string, string>>)[name];
    return reason === undefined ? undefined : `${name}: ${reason}`;
  };
  return cases.filter((each) => {
    const reason = typeof elsewhere === 'function' ? elsewhere(each) : whyNot(each);
    if (reason !== undefined) tally.leave(reason);
    return reason === undefined;
  });
}
