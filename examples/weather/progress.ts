import { stdout } from 'node:process';
import type { JobMetrics } from 'millrace';
import type { Observable } from 'rxjs';
import { columns, interactive } from './terminal.ts';

const width = 24;

/** One line that follows the job, where a person can see it. */
export function showProgress(metrics$: Observable<JobMetrics>): void {
  if (!interactive) return;
  metrics$.subscribe({
    next: (metrics) => stdout.write(`\r${line(metrics).padEnd(columns - 1)}`),
    complete: () => stdout.write('\n'),
  });
}

function line({ steps, progress, elapsedMs }: JobMetrics): string {
  const records = (steps[0]?.out ?? 0).toLocaleString('en-US');
  const seconds = (elapsedMs / 1000).toFixed(2);
  return `${progress === undefined ? '' : bar(progress.done / progress.total)}${records} records, ${seconds} s`;
}

function bar(share: number): string {
  const full = Math.round(share * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.round(share * 100)} %  `;
}
