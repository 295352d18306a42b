import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, run, runAndKill, start } from './crash-run.ts';
import { randomFrom } from '../support/random.ts';

/** `MILLRACE_KILLS=1000 npm run test:crash` for a long run; `MILLRACE_SEED` for one that failed. */
const kills = Number(process.env['MILLRACE_KILLS'] ?? 50);
const seed = Number(process.env['MILLRACE_SEED'] ?? Math.floor(Math.random() * 1e9));
const random = randomFrom(seed);

let root: string;
let expected: { readonly output: Buffer; readonly rejected: Buffer; readonly report: Ended['report'] };
/** How long an undisturbed run takes, from its start on. */
let wholeMs: number;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-crash-'));
  const folder = await freshFolder('undisturbed');
  const began = performance.now();
  const { report } = await run('files', folder);
  wholeMs = performance.now() - began;
  expected = { ...(await written(folder)), report };
}, 120_000);

afterAll(() => rm(root, { recursive: true, force: true }));

/** Readings of 50 keys, some out of order, some too late, some that are none, some without a key. */
function input(): string {
  const noise = randomFrom(7);
  const lines = ['at,key,v'];
  for (let i = 0; i < 100_000; i++) {
    const late = noise() < 0.01 ? 20_000 : noise() < 0.3 ? 1_500 : 0;
    const v = noise() < 0.002 ? 'broken' : (noise() * 100).toFixed(3);
    const key = noise() < 0.005 ? '' : `k${Math.floor(noise() * 50)}`;
    lines.push(`${1_700_000_000_000 + i * 20 - late},${key},${v}`);
  }
  return `${lines.join('\n')}\n`;
}

async function freshFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(root, `${name}-`));
  await writeFile(join(folder, 'input.csv'), input());
  return folder;
}

async function written(folder: string): Promise<{ output: Buffer; rejected: Buffer }> {
  return {
    output: await readFile(join(folder, 'output.jsonl')),
    rejected: await readFile(join(folder, 'rejected.jsonl')),
  };
}

/** The same bytes and the same ledger as of a run that nothing disturbed. */
async function expectUndisturbed(folder: string, { report, errors }: Ended, when: string): Promise<void> {
  const told = `${when}: ${String(report['message'])} ${errors}`;
  expect([report['how'], report['balanced']], told).toEqual(['completed', true]);
  const { output, rejected } = await written(folder);
  expect([output.equals(expected.output), rejected.equals(expected.rejected)], told).toEqual([true, true]);
  expect(report['steps'], told).toEqual(expected.report['steps']);
}

describe('a job over files', () => {
  it('writes much, and rejects some of every kind, where nothing disturbs it', () => {
    expect(expected.report).toMatchObject({ how: 'completed', balanced: true });
    expect(expected.output.length).toBeGreaterThan(100_000);
    const rejections = String(expected.rejected).trimEnd().split('\n');
    const kinds = rejections.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(new Set(kinds)).toEqual(new Set(['invalid', 'late']));
    console.log(`seed ${seed}; an undisturbed run takes ${Math.round(wholeMs)} ms, ${kinds.length} rejections`);
  });

  it(
    `writes the same bytes though it is killed ${kills} times at random`,
    async () => {
      let [done, runs, lives] = [0, 0, 0];
      while (done < kills) {
        const folder = await freshFolder('killed');
        for (;;) {
          lives++;
          const ended = await runAndKill(
            random() * wholeMs * 1.1,
            'files',
            folder,
            `every=${1 + Math.floor(random() * 20)}`,
          );
          if (ended.by === 'SIGKILL') done++;
          else {
            await expectUndisturbed(
              folder,
              ended,
              `seed ${seed}, run ${runs}, life ${lives}: ${ended.printed}${ended.errors}`,
            );
            break;
          }
        }
        runs++;
        await rm(folder, { recursive: true });
      }
      console.log(`${done} kills, ${lives} lives, ${runs} runs compared, 0 differences`);
    },
    kills * 20_000,
  );

  it('goes on where SIGTERM had it stop, whenever that was', async () => {
    const folder = await freshFolder('stopped');
    for (let life = 0; ; life++) {
      const { child, ended } = start('files', folder);
      // The first ones are sure to stop in the middle; the last one runs through.
      const timer = life < 4 ? setTimeout(() => child.kill('SIGTERM'), wholeMs * (0.3 + 0.15 * life)) : undefined;
      const how = await ended;
      clearTimeout(timer);
      if (how.report.how !== 'stopped' && how.by !== 'SIGTERM') {
        await expectUndisturbed(folder, how, `life ${life}`);
        return;
      }
    }
  }, 120_000);

  it('goes on under a clock that jumps a year back and a year forward', async () => {
    const folder = await freshFolder('clock');
    for (const days of [0, -365, 365]) {
      const skew = `skewMs=${days * 86_400_000}`;
      const ended = await runAndKill(wholeMs * 0.6, 'files', folder, skew);
      if (ended.by !== 'SIGKILL') await expectUndisturbed(folder, ended, skew);
    }
    await expectUndisturbed(folder, await run('files', folder, `skewMs=${-30 * 86_400_000}`), 'the last');
  }, 120_000);

  it('writes the same bytes under a clock that jumps about while it works', async () => {
    const folder = await freshFolder('jumps');
    const jumps = `jumpsMs=${365 * 86_400_000}`;
    await runAndKill(wholeMs * 0.5, 'files', folder, jumps, 'every=20');
    await expectUndisturbed(folder, await run('files', folder, jumps, 'every=20'), 'jumps');
  }, 120_000);

  it('leaves at once at a second signal, and goes on where its last checkpoint was', async () => {
    const folder = await freshFolder('twice');
    let left = 0;
    for (let life = 0; life < 5; life++) {
      const { child, ended } = start('files', folder, 'every=5');
      const timer = setTimeout(
        () => {
          child.kill('SIGINT');
          child.kill('SIGTERM');
        },
        wholeMs * (0.4 + 0.1 * life),
      );
      const how = await ended;
      clearTimeout(timer);
      // Which of the two the process sees first is not for us to say.
      if (how.by === 'SIGINT' || how.by === 'SIGTERM') left++;
      else if (how.report.how === 'completed') break;
    }
    expect(left).toBeGreaterThan(0);
    await expectUndisturbed(folder, await run('files', folder), 'the last');
  }, 120_000);

  it('refuses a chain that changed, says which steps, and leaves everything as it was', async () => {
    const folder = await freshFolder('changed');
    await killedInTheMiddle(folder, 1);
    const before = await written(folder);
    const changed = await run('files', folder, 'chain=changed');
    expect(changed.report).toMatchObject({ how: 'failed', code: 'ML_SNAPSHOT' });
    expect(changed.report['message']).toMatch(/nothing fits the steps movingAverage; no step fits the state of ewma/);
    expect(await written(folder)).toEqual(before);
    await expectUndisturbed(folder, await run('files', folder), 'the old chain again');
  }, 120_000);

  it('goes on from an older checkpoint where the newest is torn, and says so', async () => {
    const folder = await freshFolder('torn');
    await killedInTheMiddle(folder);
    await tear((await checkpoints(folder)).at(-1) as string);
    const ended = await run('files', folder);
    expect(ended.errors).toContain('ML_CHECKPOINT_CORRUPT');
    await expectUndisturbed(folder, ended, 'torn');
  }, 120_000);

  it('refuses to begin anew where every checkpoint is torn', async () => {
    const folder = await freshFolder('all-torn');
    await killedInTheMiddle(folder);
    for (const path of await checkpoints(folder)) await tear(path);
    const ended = await run('files', folder);
    expect(ended.report).toMatchObject({ how: 'failed', code: 'ML_CHECKPOINT_CORRUPT' });
  }, 120_000);

  it('refuses a second process over the same store', async () => {
    const folder = await freshFolder('twice');
    const first = start('files', folder, 'every=1');
    await untilThere(folder, 1);
    first.child.kill('SIGSTOP');
    const second = await run('files', folder);
    first.child.kill('SIGCONT');
    expect(second.report).toMatchObject({ how: 'failed', code: 'ML_LOCKED' });
    await expectUndisturbed(folder, await first.ended, 'the first');
  }, 120_000);
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

describe.skipIf(!isRoot)(
  'a job whose disk is full or cannot be written (needs root, for a small file system of its own)',
  () => {
    it.each([
      ['output', '64k'],
      ['state', '16k'],
    ] as const)(
      'fails with the reason where the %s does not fit into %s, and goes on when there is room',
      async (which, size) => {
        const folder = await freshFolder('full');
        const small = join(folder, 'small');
        await mkdir(small);
        mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', small);
        try {
          const given = `${which}=small`;
          const ended = await run('files', folder, given);
          expect(ended.report).toMatchObject({ how: 'failed' });
          expect(String(ended.report['message'])).toContain('ENOSPC');
          mount('-o', 'remount,size=64m', small);
          const whole = await run('files', folder, given);
          expect(whole.report).toMatchObject({ how: 'completed', balanced: true });
          const { output, rejected } = await written(which === 'output' ? small : folder);
          expect([output.equals(expected.output), rejected.equals(expected.rejected)]).toEqual([true, true]);
        } finally {
          execFileSync('umount', [small]);
        }
      },
      120_000,
    );

    it('fails with the reason where the folder may only be read', async () => {
      const folder = await freshFolder('read-only');
      const fixed = join(folder, 'fixed');
      await mkdir(fixed);
      mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', fixed);
      try {
        await mkdir(join(fixed, 'crash'));
        mount('-o', 'remount,ro', fixed);
        const ended = await run('files', folder, 'state=fixed');
        expect(ended.report).toMatchObject({ how: 'failed' });
        expect(String(ended.report['message'])).toContain('EROFS');
      } finally {
        execFileSync('umount', [fixed]);
      }
    }, 120_000);
  },
);

function mount(...given: readonly string[]): void {
  execFileSync('mount', given);
}

/** Killed when there are so many checkpoints, and before it has come to its end: which takes a new try on a busy machine. */
async function killedInTheMiddle(folder: string, count = 2): Promise<void> {
  for (;;) {
    const { child, ended } = start('files', folder, 'every=1');
    await untilThere(folder, count);
    child.kill('SIGKILL');
    if ((await ended).by === 'SIGKILL') return;
    for (const name of ['state', 'output.jsonl', 'rejected.jsonl']) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

async function untilThere(folder: string, count: number): Promise<void> {
  for (;;) {
    const found = await checkpoints(folder).catch(() => []);
    if (found.length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The files of the checkpoints, the oldest first. */
async function checkpoints(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'state', 'crash'));
  return names
    .filter((name) => name.endsWith('.committed'))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => join(folder, 'state', 'crash', name));
}

/** Half of the file is gone. */
async function tear(path: string): Promise<void> {
  await truncate(path, Math.floor((await stat(path)).size / 2));
}
