import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runAndKill, start } from './crash-run.ts';
import { randomFrom } from '../support/random.ts';

const kills = Number(process.env['MILLRACE_KILLS'] ?? 50);
const seed = Number(process.env['MILLRACE_SEED'] ?? Math.floor(Math.random() * 1e9));
const folders: string[] = [];

afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const waitMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A program that writes to its log all the time, and has it rotated. */
class LoggingProgram {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'millrace-follow-'));
  readonly written: string[] = [];
  rotations = 0;
  readonly #log = join(this.folder, 'app.log');
  readonly #random: () => number;
  readonly #kinds: readonly ('rename' | 'copy')[];
  #half = '';
  #isOver = false;

  constructor(kinds: readonly ('rename' | 'copy')[], random: () => number) {
    this.#kinds = kinds;
    this.#random = random;
    this.written.push('the first line');
    writeFileSync(this.#log, 'the first line\n');
    folders.push(this.folder);
  }

  get output(): string {
    const path = join(this.folder, 'output.txt');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  get hasCheckpoint(): boolean {
    const stored = readdirSync(join(this.folder, 'state'), { recursive: true, encoding: 'utf8' });
    return stored.some((name) => name.endsWith('.committed'));
  }

  async run(): Promise<void> {
    while (!this.#isOver) {
      this.#write(1 + Math.floor(this.#random() * 20));
      if (this.#random() < 0.03) this.#rotate();
      await waitMs(5);
    }
    appendFileSync(this.#log, this.#half);
  }

  end(): void {
    this.#isOver = true;
  }

  #write(count: number): void {
    let text = '';
    for (let index = 0; index < count; index++) {
      const line = `line ${this.written.length} ${'x'.repeat(this.#random() * 60)}`;
      text += `${line}\n`;
      this.written.push(line);
    }
    // Half a line waits for the next time.
    const cut = this.#random() < 0.3 ? text.length - 4 : text.length;
    appendFileSync(this.#log, this.#half + text.slice(0, cut));
    this.#half = text.slice(cut);
  }

  #rotate(): void {
    appendFileSync(this.#log, this.#half);
    this.#half = '';
    const rotated = `${this.#log}.${++this.rotations}`;
    if (this.#kinds[this.rotations % this.#kinds.length] === 'copy') {
      copyFileSync(this.#log, rotated);
      truncateSync(this.#log);
    } else {
      renameSync(this.#log, rotated);
      writeFileSync(this.#log, '');
    }
  }
}

/** Where they differ first, and how far they are from each other as a whole. */
function differenceOf(got: readonly string[], wanted: readonly string[]): object | undefined {
  const at = wanted.findIndex((line, index) => line !== got[index]);
  if (at < 0 && got.length === wanted.length) return undefined;
  const [have, want] = [new Set(got), new Set(wanted)];
  const missing = wanted.filter((line) => !have.has(line));
  const extra = got.filter((line) => !want.has(line));
  return {
    at,
    got: got.slice(at - 1, at + 3),
    wanted: wanted.slice(at - 1, at + 3),
    missing,
    extra,
    twice: got.length - have.size,
  };
}

describe('a job over a log that is written to and rotated', () => {
  it.each([[['rename']], [['copy']], [['rename', 'copy']]] as const)(
    `has written every line once, in order, though it is killed ${kills} times: %j`,
    async (kinds) => {
      const program = new LoggingProgram(kinds, randomFrom(seed));
      const random = randomFrom(seed + 1);
      const life = (): ReturnType<typeof start> =>
        start('follow', program.folder, `every=${1 + Math.floor(random() * 40)}`);
      // Where nothing is kept yet, it begins with what is there: only when it has that, the log is rotated.
      const first = life();
      while (program.output === '') await waitMs(5);
      const writing = program.run();
      while (!program.hasCheckpoint) await waitMs(5);
      first.child.kill('SIGKILL');
      await first.ended;
      for (let done = 1; done < kills; done++)
        await runAndKill(150 + random() * 500, 'follow', program.folder, 'every=5');
      program.end();
      await writing;
      const expected = program.written.map((line) => `${line}\n`).join('');
      const last = life();
      for (let look = 0; look < 1_000 && program.output.length < expected.length; look++) await waitMs(20);
      last.child.kill('SIGTERM');
      const ended = await last.ended;
      const told = `seed ${seed}: ${ended.printed}${ended.errors}`;
      expect(ended.report, told).toEqual({ how: 'stopped', balanced: true });
      expect(differenceOf(program.output.split('\n'), expected.split('\n')), told).toBeUndefined();
      console.log(
        `${kinds.join(' and ')}: ${kills} kills, ${program.rotations} rotations, ${program.written.length} lines, seed ${seed}`,
      );
    },
    30_000 + kills * 5_000,
  );
});
