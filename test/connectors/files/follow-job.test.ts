import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { fromFile } from '../../../connectors/files/source.ts';
import { jsonLines } from '../../../core/format/json-lines.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { stream } from '../../../src/stream.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { openFilesIn, tempFolder } from '../../support/temp-folder.ts';

const folder = tempFolder();

interface Reading {
  readonly device: string;
  readonly at: number;
}

/** Waits until it holds: a job has the time of the machine. */
async function until(holds: () => boolean): Promise<void> {
  await vi.waitUntil(holds, { timeout: 20_000, interval: 5 });
}

describe('a job over files that are followed', () => {
  it('takes what comes, closes its windows while nothing does, tells warnings, and stops', async () => {
    const path = join(folder, 'readings.ndjson');
    const write = (...rows: readonly Reading[]): void =>
      appendFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    writeFileSync(path, '');
    const sink = memorySink<{ device: string; n: number }>();
    const job = stream(fromFile<Reading>(path, { format: jsonLines(), follow: true }))
      .eventTime('at', { outOfOrderness: 0, idleAfter: '200ms' })
      .keyBy('device')
      .tumblingWindow('1m')
      .aggregate({ n: count() })
      .map(({ device, n }) => ({ device, n }))
      .to(sink);
    const warnings: string[] = [];
    job.warnings$.subscribe(({ code, message }) => warnings.push(`${code} ${message}`));
    const running = job.run();
    write({ device: 'a', at: 0 }, { device: 'a', at: 1_000 }, { device: 'a', at: 60_000 });
    await until(() => sink.rows.length > 0);
    expect(sink.rows).toEqual([{ device: 'a', n: 2 }]);
    truncateSync(path);
    await until(() => warnings.some((each) => each.includes('was cut')));
    write({ device: 'a', at: 120_000 });
    await until(() => sink.rows.length > 1);
    expect(openFilesIn(folder)).toBe(1);
    const report = await job.stop();
    expect(report).toMatchObject({ state: 'stopped', balanced: true });
    await running;
    expect(openFilesIn(folder)).toBe(0);
    expect(warnings).toEqual([
      'ML_SOURCE what a rotation of the log destroys before it is read cannot be read; a warning says so',
      `ML_SOURCE fromFile: "${path}" was cut, replaced or removed: what stood behind byte 73 and had not been read is gone (it cannot be known whether there was any)`,
    ]);
    expect((await firstValueFrom(job.metrics$)).progress).toBeUndefined();
  });
});
