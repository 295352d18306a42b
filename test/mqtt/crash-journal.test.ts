import { describe, expect, it } from 'vitest';
import { killAndCount } from '../support/mqtt/kill-and-count.ts';
import { tempFolder } from '../support/temp-folder.ts';

const cases = [
  { version: 5, qos: 1 },
  { version: 5, qos: 2 },
  { version: 4, qos: 1 },
  { version: 4, qos: 2 },
] as const;
/** Kills of each of them: they share as many. */
const kills = Math.ceil(Number(process.env['MILLRACE_KILLS'] ?? 30) / cases.length);
const folder = tempFolder();

describe.each(cases)('a job from MQTT $version, QoS $qos, through a journal, to windows, to files', (which) => {
  it(`loses nothing though it is killed ${kills} times at random`, { timeout: 60_000 + kills * 8_000 }, async () => {
    expect(await killAndCount({ ...which, journal: true, kills, folder })).toBe(0);
  });
});
