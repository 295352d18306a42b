// npm start: four years of daily weather in two cities become weeks, and the weeks are smoothed.
import { mkdirSync } from 'node:fs';
import { count, csv, jsonLines, max, mean, min, stream, sum } from 'millrace';
import { fromFile, toFile } from 'millrace/connectors/files';
import { showProgress } from './weather/progress.ts';
import { chain, charts, heading, ledger, years } from './weather/report.ts';
import type { Week } from './weather/week.ts';

const input = 'node_modules/vega-datasets/data/weather.csv';
const output = 'out/weather.jsonl';

/** A line of the input. */
interface Line {
  readonly location: string;
  readonly date: string;
  readonly precipitation: string;
  readonly temp_max: string;
  readonly temp_min: string;
}

const job = stream(fromFile(input, { format: csv<Line>({ missing: [''] }) }))
  .rename({ location: 'city' })
  .dropMissing('city', 'date', 'temp_min', 'temp_max')
  .cast({
    date: { type: 'timestamp', zone: 'UTC' },
    temp_min: 'number',
    temp_max: 'number',
    precipitation: 'number?',
  })
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
  .to(toFile(output, { format: jsonLines(), mode: 'overwrite' }));

heading('The job');
chain(job.explain());

mkdirSync('out', { recursive: true });
showProgress(job.metrics$);
const report = await job.run({ name: 'weather' });

// What is shown is what stands in the file.
const weeks = await stream(fromFile(output, { format: jsonLines<Week>() })).toArray();

heading('Where every record went');
ledger(report);
heading('Year by year: °C and mm of rain');
years(weeks);
heading('Weekly mean temperature, smoothed (ewma, alpha 0.3)');
charts(weeks);
console.log(`${weeks.length} weeks are in ${output}`);
