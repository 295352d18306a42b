import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

const folder = process.env['MILLRACE_SHARED'];

/**
 * A suite over cases that nobody here wrote. They lie outside the repository, in `oracles/` of the folder that
 * MILLRACE_SHARED names (an absolute path): without it the suite is skipped, and fails where `CI` is true.
 */
export function describeOracle<Cases>(name: string, file: string, body: (cases: Cases) => void): void {
  if (folder !== undefined) {
    describe(name, () => body(JSON.parse(readFileSync(join(folder, 'oracles', file), 'utf8')) as Cases));
  } else if (process.env['CI'] === 'true') {
    it(name, () => {
      throw new Error(`set MILLRACE_SHARED to the folder that holds oracles/${file}`);
    });
  } else
    describe.skip(`${name}: NOT RUN, set MILLRACE_SHARED to the folder that holds oracles/${file}`, () =>
      it('', () => {}));
}

/** How many cases a suite went through, and how many do not apply, by reason. Printed once it has ended. */
export class Tally {
  readonly #name: string;
  #held = 0;
  #failed = 0;
  readonly #left = new Map<string, number>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Runs one case, and counts it. */
  check(run: () => void): void {
    this.#failed++;
    run();
    this.#failed--;
    this.#held++;
  }

  leave(reason: string, count: number = 1): void {
    this.#left.set(reason, (this.#left.get(reason) ?? 0) + count);
  }

  toString(): string {
    const left = [...this.#left.values()].reduce((sum, count) => sum + count, 0);
    const reasons = [...this.#left].map(([reason, count]) => `\n  ${count} not applicable: ${reason}`);
    return `${this.#name}: ${this.#held} of ${this.#held + this.#failed}, ${left} not applicable${reasons.join('')}`;
  }
}
