import { describe, expect, it } from 'vitest';
import { csv } from '../../../core/format/csv.ts';
import { type Death, FileLives, type Script } from '../../support/file-lives.ts';
import { someOf } from '../../support/power-cut.ts';

interface Row {
  readonly id: number;
  readonly name: string;
}
const rows: readonly Row[] = Array.from({ length: 16 }, (_, id) => ({ id, name: `row "${id}"` }));
const when = { rows, sends: new Set([2, 3, 8, 13]), cuts: new Set([5, 9, 10, 14]) };

const scripts: Record<string, Script<Row>> = {
  'one file': { ...when, path: 'out.csv', options: { format: csv() } },
  'one file, packed': { ...when, path: 'out.csv.gz', options: { format: csv() } },
  'parts by size': { ...when, path: 'out.csv', options: { format: csv(), roll: { bytes: 60 } } },
  'parts by time, packed': { ...when, path: 'out.csv.gz', options: { format: csv(), roll: { every: '40ms' } } },
  'a path by row': { ...when, path: ({ id }) => `day-${id % 4}/${id % 3}.csv`, options: { format: csv() } },
  'parts by row': {
    ...when,
    path: ({ id }) => `${id % 3}.csv`,
    options: { format: csv(), roll: { bytes: 40, every: '90ms' } },
  },
  'a file behind what is there': {
    ...when,
    path: 'out.csv',
    options: { format: csv(), mode: 'append' },
    there: { 'out.csv': 'name,id\nold,0' },
  },
  'a file in place of what is there': {
    ...when,
    path: 'out.csv',
    options: { format: csv(), mode: 'overwrite' },
    there: { 'out.csv': 'old\n'.repeat(100) },
  },
  'parts behind those that are there': {
    ...when,
    path: 'out.csv',
    options: { format: csv(), mode: 'append', roll: { bytes: 60 } },
    there: { 'out-000007.csv': 'old\n', 'out.csv': 'mine' },
  },
  'parts in place of those that are there': {
    ...when,
    path: 'out.csv',
    options: { format: csv(), mode: 'overwrite', roll: { bytes: 60 } },
    there: { 'out-000002.csv': 'old\n', '.out-000099.csv.part': 'old', 'out.csv': 'mine' },
  },
};

const survivals: Record<string, (death: number) => Death['survives']> = {
  'the process dies': () => 'all',
  'the power fails, and nothing survives that was not synced': () => () => false,
  'the power fails, and some of the rest survives': (death) => someOf(death),
};

async function undisturbed(script: Script<Row>) {
  const lives = await new FileLives(script).run();
  return { output: lives.output(), changes: lives.disk.changes.length };
}

describe.each(Object.entries(scripts))('%s', { timeout: 60_000 }, (_, script) => {
  it('leaves nothing hidden', async () => {
    const { output } = await undisturbed(script);
    expect(Object.keys(output).filter((path) => /(^|\/)\./.test(path))).toEqual([]);
  });

  it.each(Object.entries(survivals))(
    'is as if nothing had happened when %s, whenever that is',
    async (__, survives) => {
      const { output, changes } = await undisturbed(script);
      for (let after = 0; after < changes; after++) {
        const lives = await new FileLives(script).run([{ after, survives: survives(after) }]);
        expect(lives.output(), `died after ${after} changes`).toEqual(output);
      }
    },
  );

  it('is as if nothing had happened when it dies again while it recovers', async () => {
    const { output, changes } = await undisturbed(script);
    for (let after = 1; after < changes; after += 4) {
      for (let again = after % 3; again < 16; again += 3) {
        const deaths = [after, again, again + 5].map((each) => ({ after: each, survives: someOf(each + after) }));
        const lives = await new FileLives(script).run(deaths);
        expect(lives.output(), `died after ${after}, ${again} and ${again + 5}`).toEqual(output);
      }
    }
  });

  it('goes back to an older checkpoint', async () => {
    const { output, changes } = await undisturbed(script);
    for (let after = 20; after < changes; after += 3) {
      for (const lost of [1, 2, 9]) {
        const lives = new FileLives(script);
        await lives.live({ after, survives: 'all' });
        lives.loseCheckpoints(lost);
        expect((await lives.run()).output(), `died after ${after}, lost ${lost}`).toEqual(output);
      }
    }
  });
});

it.each(['parts by size', 'parts by row'])('%s do not change once they are seen', async (name) => {
  const script = scripts[name] as Script<Row>;
  const { output, changes } = await undisturbed(script);
  let seen = 0;
  for (let after = 0; after < changes; after++) {
    const lives = new FileLives(script);
    await lives.live({ after, survives: someOf(after) });
    const parts = Object.entries(lives.output()).filter(([path]) => !path.startsWith('.'));
    seen += parts.length;
    for (const [path, content] of parts) expect(content, `${path}, died after ${after}`).toBe(output[path]);
  }
  expect(seen).toBeGreaterThan(changes / 2);
});
