// A job over a log that is rotated meanwhile, to be killed: `node follow.js <folder> [every=<ms>]`.
import { stream, text } from 'millrace';
import { directory, fromFile, toFile } from 'millrace/connectors/files';

const [folder = '.', every = 'every=20'] = process.argv.slice(2);
process.chdir(folder);

const job = stream(fromFile('app.log', { format: text(), follow: true })).to(toFile('output.txt', { format: text() }));
job.warnings$.subscribe(({ code, message }) => console.error(code, message));

const { state: how, balanced } = await job.run({
  name: 'follow',
  checkpoint: directory('state'),
  every: Number(every.slice('every='.length)),
  restart: false,
  stopOn: ['SIGTERM'],
});
console.log(JSON.stringify({ how, balanced }));
