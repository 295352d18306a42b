import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Positions } from '../../../core/batch.ts';
import { CrashingDisk } from '../../support/crashing-disk.ts';
import { afterPowerCut, JournalLife, turns } from '../../support/mqtt/journal-life.ts';
import { ModelBroker } from '../../support/mqtt/model-broker.ts';
import { someOf } from '../../support/power-cut.ts';
import { randomFrom } from '../../support/random.ts';
import { patience, runs } from '../../support/runs.ts';

/** What a job has stored: where it stands, and what it had made of what came before. */
interface Stored {
  readonly positions: Positions;
  readonly output: readonly string[];
}

/** One life of a job, until it dies or is done; answers what it had stored. */
async function live(
  disk: CrashingDisk,
  broker: ModelBroker,
  before: Stored,
  settings: { readonly maxBytes: number; readonly partitions: 'one' | 'topic' },
  random: () => number,
): Promise<{ readonly stored: Stored; readonly output: readonly string[]; readonly life: JournalLife }> {
  const life = new JournalLife(disk, before.positions, settings);
  // Of a life that hears nothing nothing more comes after a while.
  const most = disk.diesAfter < Number.POSITIVE_INFINITY && random() < 0.3 ? 100 : Number.POSITIVE_INFINITY;
  let stored = before;
  const output = [...before.output];
  try {
    await life.begin();
    broker.connect(life);
    for (let [idle, steps] = [0, 0]; idle < 20 && steps < most; steps++) {
      const had = output.length;
      if (!life.custody.isFull()) broker.send(life, Math.floor(random() * 5));
      await turns(Math.floor(random() * 3));
      if (most > 100) broker.hear(life, Math.floor(random() * 6));
      output.push(...life.sweep(1 + Math.floor(random() * 4), 6));
      if (life.failure !== undefined) throw new Error('it has failed', { cause: life.failure });
      if (random() < 0.15) {
        const positions = structuredClone(life.custody.cut(life.positions));
        stored = { positions, output: [...output] };
        await life.custody.commit(positions);
      }
      // A failure that passes.
      if (random() < 0.03) disk.fails = { at: disk.changes.length + 1 + Math.floor(random() * 3), code: 'ENOSPC' };
      if (life.warnings.length > 0) life.clock.advanceTo(life.clock.now() + 500);
      idle = broker.isDone && !life.custody.isBehind() && output.length === had ? idle + 1 : 0;
    }
  } catch {
    // It has died.
  }
  await life.end().catch(() => {});
  return { stored, output, life };
}

const isOfB = (payload: string): boolean => payload.startsWith('b');

/** What came of seven lives, each partition by itself, and what should have; and what came twice though it must not. */
async function story(seed: number, qos: 1 | 2): Promise<readonly [came: unknown, expected: unknown]> {
  const random = randomFrom(seed);
  // Of QoS 2 many say the same: nothing but the protocol tells them apart.
  const payloads = Array.from(
    { length: 60 },
    (_, n) => `${n % 2 === 0 ? 'a' : 'b'}${qos === 2 ? Math.floor(random() * 3) : n}`,
  );
  const broker = new ModelBroker(payloads, qos);
  const partitions = random() < 0.5 ? 'one' : 'topic';
  // Of 300 bytes files are begun and deleted all the time.
  const settings = { maxBytes: random() < 0.5 ? 2_400 : 2 ** 30, partitions } as const;
  let disk = new CrashingDisk();
  let stored: Stored = { positions: {}, output: [] };
  let output: readonly string[] = [];
  for (let life = 0; ; life++) {
    const isLast = life === 6;
    disk.diesAfter = isLast ? Number.POSITIVE_INFINITY : Math.floor(random() * 80);
    const lived = await live(disk, broker, stored, settings, random);
    stored = lived.stored;
    output = lived.output;
    if (isLast) break;
    // What had been said may have reached the broker, or not.
    broker.hear(lived.life, Math.floor(random() * 5), true);
    const kind = random();
    disk = afterPowerCut(disk, kind < 0.4 ? 'all' : kind < 0.7 ? () => false : someOf(Math.floor(random() * 1e6)));
  }
  // Of several partitions each is in order by itself: a payload says to which it belongs.
  const byTopic = (all: readonly string[]): string[] =>
    partitions === 'one' ? [...all] : [...all.filter(isOfB), ...all.filter((each) => !isOfB(each))];
  const repeats = output.filter((payload, place) => output.indexOf(payload) !== place);
  const allowed = new Set([...broker.mayRepeat].map((n) => payloads[n]));
  const wrong = qos === 2 ? [] : repeats.filter((payload) => !allowed.has(payload));
  const came = byTopic(qos === 2 ? output : [...new Set(output)]);
  return [
    { isDone: broker.isDone, came, wrong },
    { isDone: true, came: byTopic(payloads), wrong: [] },
  ];
}

describe('a journal, whenever the process dies or the power fails', () => {
  it.each([1, 2] as const)(
    'loses nothing that was acknowledged, and of QoS 2 nothing comes twice: QoS %i',
    patience,
    async (qos) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (seed) => {
          const [came, expected] = await story(seed, qos);
          expect(came).toEqual(expected);
        }),
        { numRuns: runs, endOnFailure: true },
      );
    },
  );
});
