import { cpus, totalmem } from 'node:os';
import type { Race, Result } from './method.ts';
import { table } from './table.ts';

/** What a reader must know before the numbers. */
export function introduction(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const date = new Date().toISOString().slice(0, 10);
  return `# Benchmarks

\`npm run bench\` wrote this file on ${date}: ${cpu?.model.trim()}, ${cpus().length} cores, ${memory}, Node ${process.versions.node}.

- CPU time of the process (\`process.cpuUsage\`), garbage collector and compiler threads included; never the clock on the wall.
- In turn, in one process: a round runs every contestant once; a ratio is the median over 9 rounds, behind 3 that do not count.
- Six other pipelines, over records of other shapes, have run through the same code before.
- A consumer keeps the last row and a sum. Rows and sums of all contestants are compared before anything is timed.
- A ratio compares two runs of the same round: 0.50 takes twice the time of the first line, 2.00 half of it. The times
  themselves depend on the machine and on what else it does.
- What needs a broker is measured by hand: [Kafka](kafka.md).`;
}

/** The results of a race as a table. */
export function raceReport({ records, unit = 'ns a record', wall }: Race, results: readonly Result[]): string {
  const perUnit = unit === 'ns a record' ? records : 1_000;
  const rows = results.map(({ name, ns, ratio, target, wall: byWall }) => [
    name,
    (ns / perUnit).toFixed(0),
    ratio.toFixed(2),
    ...(wall === true ? [(byWall.ns / perUnit).toFixed(0), byWall.ratio.toFixed(2)] : []),
    target === undefined ? '' : target.toFixed(2),
    target === undefined ? '' : ratio >= target ? 'reached' : 'not reached',
  ]);
  return table(['', unit, 'ratio', ...(wall === true ? ['wall clock', 'ratio'] : []), 'target', ''], rows);
}
