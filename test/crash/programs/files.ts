// A whole job over files, to be killed: `node files.js <folder> [<option>=<value> ...]`.
import { csv, jsonLines, max, mean, count, stream } from 'millrace';
import { directory, fromFile, toFile } from 'millrace/connectors/files';

const [folder = '.', ...given] = process.argv.slice(2);
const option = new Map(given.map((each) => each.split('=') as [string, string]));
const output = option.get('output') ?? '.';
// Rejections say which file they are of: the same in every folder.
process.chdir(folder);

// A clock that was set back or forward: nothing of the output may depend on it.
let skewMs = Number(option.get('skewMs') ?? 0);
const now = Date.now.bind(Date);
Date.now = () => now() + skewMs;
const jumpsMs = Number(option.get('jumpsMs') ?? 0);
if (jumpsMs > 0) setInterval(() => (skewMs = (Math.random() * 2 - 1) * jumpsMs), 10).unref();

interface Line {
  readonly at: string;
  readonly key: string;
  readonly v: string;
}

const windows = stream(fromFile('input.csv', { format: csv<Line>() }))
  .dropMissing('key')
  .cast({ at: { type: 'timestamp', format: 'epoch-ms' }, v: 'number' })
  .eventTime('at', { outOfOrderness: '2s' })
  .keyBy('key')
  .tumblingWindow(option.get('window') === 'other' ? '20s' : '10s', { allowedLateness: '3s' })
  .aggregate({ mean: mean('v'), max: max('v'), n: count() });

const smoothed =
  option.get('chain') === 'changed'
    ? windows.movingAverage('mean', { over: 3, as: 'smooth' })
    : windows.ewma('mean', { alpha: 0.3, as: 'smooth' });

const job = smoothed
  .onReject(toFile(`${output}/rejected.jsonl`, { format: jsonLines() }))
  .to(toFile(`${output}/output.jsonl`, { format: jsonLines() }));

job.warnings$.subscribe(({ code, message }) => console.error(code, message));

try {
  const {
    state: how,
    balanced,
    steps,
    checkpoint,
  } = await job.run({
    name: 'crash',
    checkpoint: directory(option.get('state') ?? 'state'),
    every: Number(option.get('every') ?? 5),
    restart: false,
    stopOn: ['SIGINT', 'SIGTERM'],
  });
  console.log(JSON.stringify({ how, balanced, steps, checkpoint }));
} catch (error) {
  console.log(
    JSON.stringify({ how: 'failed', code: (error as { code?: string }).code, message: (error as Error).message }),
  );
  process.exitCode = 1;
}
