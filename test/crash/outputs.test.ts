import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, run, runAndKill } from './crash-run.ts';
import { randomFrom } from '../support/random.ts';

/** Fewer than of the others: each life opens some seventy files. */
const kills = Math.ceil(Number(process.env['MILLRACE_KILLS'] ?? 50) / 2);
const seed = Number(process.env['MILLRACE_SEED'] ?? Math.floor(Math.random() * 1e9));
const random = randomFrom(seed);

let root: string;
let expected: Readonly<Record<string, string>>;
let wholeMs: number;
let report: Ended['report'];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-outputs-'));
  const folder = await freshFolder();
  const began = performance.now();
  ({ report } = await run('outputs', folder));
  wholeMs = performance.now() - began;
  expected = await writtenIn(folder);
}, 120_000);

afterAll(() => rm(root, { recursive: true, force: true }));

/** Rows of 30 keys, some without one. */
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(root, 'run-'));
  const noise = randomFrom(11);
  const lines = ['at,key,v'];
  for (let i = 0; i < 8_000; i++) {
    lines.push(`${i},${noise() < 0.02 ? '' : `k${Math.floor(noise() * 30)}`},"${'é'.repeat(noise() * 20)}, ${i}"`);
  }
  await writeFile(join(folder, 'input.csv'), `${lines.join('\n')}\n`);
  return folder;
}

/** What readers find, unpacked; what is hidden counts as well, and locks must be gone. */
async function writtenIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  // What is left of a process that died while it made a lock is nobody's.
  const own = paths.filter((path) => !/state\/|input\.csv$|\.lock\..*\.new$/.test(path));
  const contents = own.toSorted().map(async (path) => {
    const bytes = await readFile(path);
    return [path.slice(folder.length), (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(contents));
}

describe('a job that writes files of every shape', () => {
  it('makes some of each where nothing disturbs it', () => {
    expect(report).toEqual({ how: 'completed', balanced: true });
    const names = Object.keys(expected);
    console.log(`seed ${seed}; an undisturbed run takes ${Math.round(wholeMs)} ms, ${names.length} files`);
    for (const [pattern, least] of [
      [/^\/(plain|packed|times)\./, 3],
      [/^\/parts-\d+\.csv$/, 3],
      [/^\/packed-parts-\d+\.csv\.gz$/, 2],
      [/^\/keys\//, 30],
      [/^\/more\/.*-\d+\.csv\.gz$/, 31],
    ] as const) {
      expect(names.filter((name) => pattern.test(name)).length).toBeGreaterThanOrEqual(least);
    }
    expect(names.filter((name) => /lock|\/\./.test(name))).toEqual([]);
  });

  it(
    `writes the same files though it is killed ${kills} times at random`,
    async () => {
      let [done, runs, lives] = [0, 0, 0];
      while (done < kills) {
        const folder = await freshFolder();
        for (;;) {
          lives++;
          const ended = await runAndKill(random() * wholeMs * 1.1, 'outputs', folder, String(1 + random() * 30));
          if (ended.by === 'SIGKILL') {
            done++;
            continue;
          }
          const told = `seed ${seed}, run ${runs}, life ${lives}: ${ended.printed}${ended.errors}`;
          expect(ended.report, told).toEqual({ how: 'completed', balanced: true });
          const written = await writtenIn(folder);
          expect(Object.keys(written), told).toEqual(Object.keys(expected));
          for (const [name, content] of Object.entries(expected)) {
            expect([name, written[name] === content], told).toEqual([name, true]);
          }
          break;
        }
        runs++;
        await rm(folder, { recursive: true });
      }
      console.log(`${done} kills, ${lives} lives, ${runs} runs compared, 0 differences`);
    },
    kills * 20_000,
  );
});
