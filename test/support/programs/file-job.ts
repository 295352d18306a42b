// A job as a process of its own, to be killed: rows into files, checkpoints into a folder. Says `at <row>` behind each checkpoint.
import { directory } from '../../../connectors/files/checkpoints/directory.ts';
import { toFile } from '../../../connectors/files/sink.ts';
import type { ToFileOptions } from '../../../connectors/files/to-file-options.ts';
import type { Checkpoint } from '../../../core/checkpoint.ts';
import { csv } from '../../../core/format/csv.ts';
import type { SinkState } from '../../../core/sink.ts';
import { type KillableRow, rowOf } from '../killable-rows.ts';

const [folder = '', shape = '', total = '', store = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const clock = { now: () => Date.now(), wakeAt: () => () => undefined };
const empty = { snapshot: { version: 1 as const, slots: [], steps: {} }, tallies: {}, standing: 'committed' as const };

const options: ToFileOptions<KillableRow> = {
  format: csv(),
  ...(store === 'none' ? { mode: 'overwrite' as const } : {}),
  ...(shape === 'parts' ? { roll: { bytes: 2_000 } } : {}),
};
const paths: Record<string, string | ((row: KillableRow) => string)> = {
  'one file': `${folder}/out.csv`,
  packed: `${folder}/out.csv.gz`,
  parts: `${folder}/out.csv`,
  'by row': ({ key }) => `${folder}/${key}/out.csv`,
};

const open = store === 'none' ? undefined : await directory(`${folder}/state`).open('job', signal);
const listed = (await open?.list()) ?? [];
const newest = listed[0] as Checkpoint | undefined;
if (newest !== undefined && 'damage' in newest) throw newest.damage;
let last = newest?.id;
const run = Date.now().toString(36);
let number = 0;

const writer = await toFile<KillableRow>(paths[shape] ?? '', options).open({
  job: 'job',
  state: newest?.sinks['out'],
  signal,
  clock,
  checkpointed: open !== undefined,
  wantsCheckpoint: () => undefined,
  note: async (state: SinkState) => open?.note('out', state, last),
  notes: (await open?.notes('out', last)) ?? [],
});

let row = Number(newest?.positions['in']?.['0']?.['row'] ?? 0);
while (row < Number(total)) {
  for (const end = Math.min(row + 40, Number(total)); row < end; row++) writer.write(rowOf(row), row);
  await writer.send();
  if (open === undefined) console.log(`at ${row}`);
  else if (row % 120 === 0 || row >= Number(total)) await checkpoint(row);
}
await writer.close();
await open?.close();
console.log('done');

async function checkpoint(at: number): Promise<void> {
  const id = `${run}-${++number}`;
  const state = await writer.cut(id);
  last = id;
  await open?.store({ ...empty, id, finished: false, positions: { in: { '0': { row: at } } }, sinks: { out: state } });
  await writer.commit(id);
  console.log(`at ${at}`);
}
