import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../support/random.ts';

const seed = Number(process.env['MILLRACE_SEED'] ?? Math.floor(Math.random() * 1e9));
const random = randomFrom(seed);
const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-example-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly by: NodeJS.Signals | number | null;
  readonly printed: string;
}

/** What `npm start` runs, with its output in a folder of its own, killed so many ms after it has said how. */
function start(killAfterMs = Number.POSITIVE_INFINITY): Promise<Ended> {
  const program = join(root, 'build/examples/weather.js');
  const child = spawn(process.execPath, [program, 'fast'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (text) => {
    printed += String(text);
    if (printed.includes('kill -9') && killAfterMs < Number.POSITIVE_INFINITY) {
      timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ by: signal ?? code, printed });
    });
  });
}

describe('the example that `npm start` runs', () => {
  it('writes the same bytes however often it is killed in the middle, and says so', async () => {
    const whole = await start();
    expect([seed, whole.by]).toEqual([seed, 0]);
    const expected = await readFile(join(folder, 'out/weather.jsonl'));
    expect(expected.length).toBeGreaterThan(50_000);
    let [kills, resumed] = [0, 0];
    for (let life = 0; life < 25; life++) {
      // The first ones are sure to be killed before they have come to their end.
      const ended = await start(life < 3 ? 250 : random() * 900);
      if (ended.printed.includes('goes on from its last checkpoint')) resumed++;
      if (ended.by === 'SIGKILL') {
        kills++;
        continue;
      }
      const told = `seed ${seed}, life ${life}: ${ended.printed}`;
      expect([ended.by, ended.printed.includes('✓ the same bytes')], told).toEqual([0, true]);
      expect(ended.printed.includes('✓ balanced'), told).toBe(true);
      expect(expected.equals(await readFile(join(folder, 'out/weather.jsonl')))).toBe(true);
    }
    console.log(`seed ${seed}: ${kills} kills, ${resumed} lives that went on, 0 differences`);
    expect([kills >= 3, resumed > 0]).toEqual([true, true]);
  }, 240_000);
});
