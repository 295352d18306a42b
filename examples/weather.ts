// npm start: four years of daily weather in two cities become weeks, and the weeks are smoothed. It may be killed at any
// moment, as often as you like: started again it goes on where it was. `npm start -- fast` does not wait for you.
import { mkdirSync, rmSync } from 'node:fs';
import { count, csv, type Job, jsonLines, max, mean, min, stream, sum } from 'millrace';
import { directory, fromFile, toFile } from 'millrace/connectors/files';
import { waits } from './weather/pace.ts';
import { showProgress } from './weather/progress.ts';
import { chain, charts, heading, ledger, years } from './weather/report.ts';
import { comparison, invitation } from './weather/survival.ts';
import type { Week } from './weather/week.ts';

const input = 'node_modules/vega-datasets/data/weather.csv';
const state = 'out/state';
const output = 'out/weather.jsonl';
const undisturbed = 'out/undisturbed.jsonl';

/** A line of the input. */
interface Line {
  readonly location: string;
  readonly date: string;
  readonly precipitation: string;
  readonly temp_max: string;
  readonly temp_min: string;
}

/** `askAbout`: an outside call for each day; it takes a while. */
function weeksTo(path: string, askAbout: <T>(day: T) => T | Promise<T>): Job {
  return (
    stream(fromFile(input, { format: csv<Line>({ missing: [''] }) }))
      .rename({ location: 'city' })
      .dropMissing('city', 'date', 'temp_min', 'temp_max')
      .cast({
        date: { type: 'timestamp', zone: 'UTC' },
        temp_min: 'number',
        temp_max: 'number',
        precipitation: 'number?',
      })
      .mapAsync(askAbout, { concurrency: 8 })
      .derive({ temperature: (day) => (day.temp_min + day.temp_max) / 2 })
      // The file has four years of Seattle, then the same four years of New York: a record may come so long after a younger one.
      .eventTime('date', { outOfOrderness: '1461d' })
      .keyBy('city')
      // The epoch began on a Thursday, the first Monday came four days later.
      .tumblingWindow('7d', { offset: '4d' })
      .aggregate({
        mean: mean('temperature'),
        min: min('temp_min'),
        max: max('temp_max'),
        rain: sum('precipitation'),
        days: count(),
      })
      .filter((week) => week.days === 7)
      .named('whole weeks')
      .movingAverage('mean', { over: 4, as: 'fourWeeks' })
      .ewma('mean', { alpha: 0.3, as: 'smoothed' })
      .to(toFile(path, { format: jsonLines(), mode: 'overwrite' }))
  );
}

mkdirSync('out', { recursive: true });
const { steps } = await weeksTo(undisturbed, waits(0)).run();
const job = weeksTo(output, waits(process.argv.includes('fast') ? 1 : 20));

heading('The job');
chain(job.explain());
invitation(state);

showProgress(job.metrics$, steps[0]?.in ?? 0);
const report = await job.run({ name: 'weather', checkpoint: directory(state), every: '250ms' });

// What is shown is what stands in the file.
const weeks = await stream(fromFile(output, { format: jsonLines<Week>() })).toArray();

heading('Where every record went');
ledger(report);
heading('Year by year: °C and mm of rain');
years(weeks);
heading('Weekly mean temperature, smoothed (ewma, alpha 0.3)');
charts(weeks);
console.log(`${weeks.length} weeks are in ${output}`);

comparison(output, undisturbed);
// The next start begins anew.
rmSync(state, { recursive: true });
