import { stdout } from 'node:process';
import type { JobMetrics } from 'millrace';
import type { Observable } from 'rxjs';
import { columns, interactive } from './terminal.ts';

const width = 24;

/** One line that follows the job, where a person can see it; so many records there are. */
export function showProgress(metrics$: Observable<JobMetrics>, total: number): void {
  if (!interactive) return;
  metrics$.subscribe({
    next: (metrics) => stdout.write(`\r${line(metrics, total).padEnd(columns - 1)}`),
    complete: () => stdout.write('\n'),
  });
}

function line({ steps, elapsedMs }: JobMetrics, total: number): string {
  const records = steps[0]?.out ?? 0;
  const seconds = (elapsedMs / 1000).toFixed(2);
  return `${bar(records / total)}${records.toLocaleString('en-US')} records, ${seconds} s`;
}

function bar(share: number): string {
  const full = Math.round(share * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.round(share * 100)} %  `;
}
