// A job that writes the same rows into files of every shape, to be killed: `node outputs.js <folder> <every>`.
import { csv, jsonLines, stream, text } from 'millrace';
import { directory, fromFile, toFile } from 'millrace/connectors/files';

const [folder = '.', every = '5'] = process.argv.slice(2);
process.chdir(folder);

interface Line {
  readonly at: string;
  readonly key: string;
  readonly v: string;
}

const job = stream(fromFile('input.csv', { format: csv<Line>() }))
  .alsoTo(toFile('plain.jsonl', { format: jsonLines() }))
  .alsoTo(toFile('packed.jsonl.gz', { format: jsonLines() }))
  .alsoTo(toFile('parts.csv', { format: csv(), roll: { bytes: 50_000 } }))
  .alsoTo(toFile('packed-parts.csv.gz', { format: csv(), roll: { bytes: 90_000 } }))
  .alsoTo(toFile(({ key }) => `keys/${key === '' ? 'none' : key}/rows.csv`, { format: csv() }))
  .alsoTo(toFile(({ key }) => `more/${key === '' ? 'none' : key}.csv.gz`, { format: csv(), roll: { bytes: 20_000 } }))
  .map(({ at }) => at)
  .to(toFile('times.txt', { format: text() }));
job.warnings$.subscribe(({ code, message }) => console.error(code, message));

const { state, balanced } = await job.run({
  name: 'outputs',
  checkpoint: directory('state'),
  every: Number(every),
  maxBuffered: { records: 500 },
  restart: false,
});
console.log(JSON.stringify({ how: state, balanced }));
