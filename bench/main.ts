import { writeFile } from 'node:fs/promises';
import { csvFiles } from './csv-file.ts';
import { firstRecords } from './first-records.ts';
import { keyedWindows } from './keyed-windows.ts';
import { race, type Race } from './method.ts';
import { runOtherPipelines } from './other-pipelines.ts';
import { introduction, raceReport } from './report.ts';

/** This program is build/bench/main.js when it runs. */
const readme = new URL('../../bench/README.md', import.meta.url);

const parts = [introduction()];

async function hold(each: Race): Promise<void> {
  const text = raceReport(each, await race(each));
  parts.push(`## ${each.title}`, text);
  console.log(`\n${each.title}\n\n${text}`);
}

/** In a function, for its million records to be gone when it is left. */
async function holdKeyedWindows(): Promise<void> {
  for (const each of keyedWindows()) await hold(each);
}

runOtherPipelines();
await holdKeyedWindows();
await csvFiles(hold);
await hold(firstRecords);
await writeFile(readme, `${parts.join('\n\n')}\n`);
