import type { Observable, Subscription } from 'rxjs';
import type { JobMetrics } from './report.ts';

/** A terminal, as far as a line that is written again and again needs one. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Writes how far a job is into one line of a terminal; nothing where it is none, and nothing stays when the job is over. */
export function showProgress(
  name: string,
  metrics$: Observable<JobMetrics>,
  terminal: Terminal | undefined,
): Subscription | undefined {
  if (terminal?.isTTY !== true) return undefined;
  return metrics$.subscribe({
    next: (metrics) =>
      terminal.write(`\r${progressText(name, metrics).slice(0, (terminal.columns ?? 80) - 1)}\u001B[K`),
    complete: () => terminal.write('\r\u001B[K'),
  });
}

/** `rollup  42 %  1.2 GB of 2.9 GB  310,000 records/s  0:41 left`. */
export function progressText(name: string, { progress, rates, steps, elapsedMs, restarts }: JobMetrics): string {
  const [source] = steps;
  const rate = source === undefined ? 0 : (rates[source.step] ?? 0);
  const parts = [name];
  if (progress === undefined) parts.push(`${grouped(source?.in ?? 0)} records`);
  else {
    const { done, total, unit } = progress;
    const share = total === 0 ? 1 : done / total;
    const amount = unit === 'bytes' ? bytesText : (count: number): string => `${grouped(count)} ${unit}`;
    parts.push(`${Math.floor(share * 100)} %`, `${amount(done)} of ${amount(total)}`);
  }
  parts.push(`${grouped(rate)} records/s`);
  if (progress !== undefined && progress.done > 0 && progress.done < progress.total) {
    parts.push(`${clockText((elapsedMs * (progress.total - progress.done)) / progress.done)} left`);
  }
  if (restarts > 0) parts.push(`restarted ${restarts} times`);
  return parts.join('  ');
}

function grouped(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const amount = bytes / 1_000 ** step;
  return `${step === 0 ? amount : amount.toFixed(1)} ${units[step]}`;
}

/** `0:41`, `1:02:03`. */
function clockText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
