import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compiled, type Ended, runAndKill } from '../../support/child-program.ts';
import { headerLine, lineOf, rowOf } from '../../support/killable-rows.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { filesIn } from '../../support/written-files.ts';

/** How often each job is killed. More: `MILLRACE_KILLS=200 npx vitest run test/connectors/files/sink-kill.test.ts`. */
const kills = Number(process.env['MILLRACE_KILLS'] ?? 8);
const rows = kills * 300;

const root = tempFolder();
let program = '';
beforeAll(async () => {
  program = await compiled('file-job', root);
});

function newFolder(name: string): string {
  const folder = join(root, name.replaceAll(' ', '-'));
  mkdirSync(folder);
  return folder;
}

const all = Array.from({ length: rows }, (_, id) => lineOf(id));
const right = headerLine + all.join('');

/** Compared as bytes: it may end within a character. */
function isBeginning(path: string, whole: string): boolean {
  const found = readFileSync(path);
  return Buffer.from(whole).subarray(0, found.length).equals(found);
}

/** Everything but the checkpoints, parts in their order as one. */
function outputOf(folder: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [path, content] of Object.entries(filesIn(folder))) {
    if (path.startsWith('state')) continue;
    const whole = path.replace(/-\d{6}\.csv$/, '.csv');
    joined[whole] = joined[whole] === undefined ? content : joined[whole] + content.slice(headerLine.length);
  }
  return joined;
}

const expected: Record<string, Record<string, string>> = {
  'one file': { 'out.csv': right },
  packed: { 'out.csv.gz': right },
  parts: { 'out.csv': right },
  'by row': Object.fromEntries(
    Array.from({ length: 7 }, (_, key) => [
      `k${key}/out.csv`,
      headerLine + all.filter((__, id) => rowOf(id).key === `k${key}`).join(''),
    ]),
  ),
};

describe('a job that is killed while it writes', { timeout: 60_000 + kills * 5_000 }, () => {
  it.each(Object.keys(expected))('has every row once when it has ended: %s', async (shape) => {
    const folder = newFolder(shape);
    let killed = 0;
    let isRight = true;
    let ended: Ended | undefined;
    for (let life = 0; ended?.code === undefined; life++) {
      const after = life < kills ? 1 + (life % 3) : Number.POSITIVE_INFINITY;
      ended = await runAndKill(program, [folder, shape, String(rows)], after, (life * 7) % 23);
      killed += Number(ended.code === undefined);
      isRight &&= shape !== 'one file' || isBeginning(join(folder, 'out.csv'), right);
    }
    expect(ended).toMatchObject({ code: 0, errors: '' });
    expect(isRight).toBe(true);
    expect(killed).toBeGreaterThan(0);
    expect(outputOf(folder)).toEqual(expected[shape]);
  });

  it('leaves a beginning of the right bytes where there is no checkpoint', async () => {
    const folder = newFolder('no checkpoint');
    const long = headerLine + Array.from({ length: 20_000 }, (_, id) => lineOf(id)).join('');
    for (let life = 0; life < kills; life++) {
      await runAndKill(program, [folder, 'one file', '20000', 'none'], 1 + (life % 5), (life * 3) % 11);
      expect(isBeginning(join(folder, 'out.csv'), long)).toBe(true);
      expect(statSync(join(folder, 'out.csv')).size).toBeGreaterThan(1000);
    }
  });
});
