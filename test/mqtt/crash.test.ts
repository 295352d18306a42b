import { describe, expect, it } from 'vitest';
import { killAndCount } from '../support/mqtt/kill-and-count.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Kills of each of the cases below. */
const kills = Number(process.env['MILLRACE_KILLS'] ?? 10);
const folder = tempFolder();

describe.each([
  { version: 5, qos: 1 },
  { version: 5, qos: 2 },
  { version: 4, qos: 1 },
] as const)('a job from MQTT $version, QoS $qos, to windows, to files', (which) => {
  it(`loses nothing though it is killed ${kills} times at random`, { timeout: 60_000 + kills * 8_000 }, async () => {
    expect(await killAndCount({ ...which, kills, folder })).toBe(0);
  });
});
