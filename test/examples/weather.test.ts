import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a user sees who runs the main job with its output going to a file. */
function start(): Promise<string> {
  return new Promise((resolve, reject) => {
    const given = [`${root}scripts/start.mjs`, 'fast'];
    execFile(process.execPath, given, { cwd: root, timeout: 60_000 }, (error, stdout) => {
      if (error === null) resolve(stdout.replace(/kill -9 \d+/, 'kill -9 <pid>'));
      else reject(error);
    });
  });
}

describe('the main job', () => {
  it('prints what fits a terminal, balances, and writes the same bytes each time', async () => {
    // What somebody left behind who killed it.
    await rm(`${root}out/state`, { recursive: true, force: true });
    const printed = await start();
    const written = await readFile(`${root}out/weather.jsonl`);
    expect(printed).not.toContain('\u001b');
    expect(printed.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    expect(printed).toMatch(/✓ balanced/);
    expect(printed).toMatch(/✓ the same bytes/);
    expect(written.length).toBeGreaterThan(10_000);
    expect(await start()).toBe(printed);
    expect(await readFile(`${root}out/weather.jsonl`)).toEqual(written);
  }, 120_000);
});
