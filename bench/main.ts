import { writeFile } from 'node:fs/promises';
import { csvFiles } from './csv-file.ts';
import { firstRecords } from './first-records.ts';
import { checkpointCost, checkpointPauses, jobOverhead } from './jobs.ts';
import { keyedWindows } from './keyed-windows.ts';
import { largeFile } from './large-file.ts';
import { memory } from './memory.ts';
import { race, type Race } from './method.ts';
import { millionWindows } from './million-windows.ts';
import { runOtherPipelines } from './other-pipelines.ts';
import { introduction, raceReport } from './report.ts';
import { slidingWindows } from './sliding-windows.ts';

/** This program is build/bench/main.js when it runs. */
const readme = new URL('../../bench/README.md', import.meta.url);

const parts = [introduction()];

function tell(title: string, text: string): void {
  parts.push(`## ${title}`, text);
  console.log(`\n${title}\n\n${text}`);
}

async function hold(each: Race): Promise<void> {
  tell(each.title, raceReport(each, await race(each)));
}

async function holdAll(races: Iterable<Race>): Promise<void> {
  for (const each of races) await hold(each);
}

/** In functions, for their million records to be gone when they are left. */
const families: Readonly<Record<string, () => Promise<void>>> = {
  keyed: () => holdAll(keyedWindows()),
  sliding: () => holdAll(slidingWindows()),
  csv: () => csvFiles(hold),
  'first-records': () => hold(firstRecords),
  'million-windows': async () => tell('A million windows close at one watermark', await millionWindows()),
  memory: () => Promise.resolve(tell('Memory', memory())),
  job: () => hold(jobOverhead()),
  checkpoints: () => checkpointCost(hold),
  'large-file': async () => tell('A large file is rolled up, with checkpoints every second', await largeFile()),
  pauses: async () => tell('What a checkpoint stops, and what it takes', await checkpointPauses()),
};

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !(name in families));
if (unknown !== undefined) throw new Error(`no family is called ${unknown}: ${Object.keys(families).join(', ')}`);

runOtherPipelines();
for (const [name, run] of Object.entries(families)) if (chosen.length === 0 || chosen.includes(name)) await run();
// The file shows one run of all.
if (chosen.length === 0) await writeFile(readme, `${parts.join('\n\n')}\n`);
