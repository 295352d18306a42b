import type { JobMetrics } from '../report.ts';
import type { RunSettings } from '../run-options.ts';
import { sumLedgers } from './sum-ledgers.ts';

interface Measured {
  readonly metrics: JobMetrics | undefined;
}

/** How the shares of a process do, together. */
export function sumMetrics(
  shares: readonly Measured[],
  { maxRows, maxBytes, maxHeldBytes }: Pick<RunSettings, 'maxRows' | 'maxBytes' | 'maxHeldBytes'>,
  restarted: number,
): JobMetrics {
  const all = shares.flatMap(({ metrics }) => metrics ?? []);
  const sum = (of: (each: JobMetrics) => number): number => all.reduce((total, each) => total + of(each), 0);
  const most = (of: (each: JobMetrics) => number): number => Math.max(0, ...all.map(of));
  const checkpoints = all.flatMap(({ checkpoint }) => checkpoint ?? []).toSorted((a, b) => b.at - a.at);
  const watermarks = all.flatMap(({ watermark }) => watermark ?? []);
  const isKnown = all.length > 0 && watermarks.length === all.length;
  const lags = all.flatMap(({ lagMs }) => lagMs ?? []);
  return {
    steps: sumLedgers(all.map(({ steps }) => steps)),
    rates: sumRates(all),
    elapsedMs: most(({ elapsedMs }) => elapsedMs),
    partitions: Object.assign({}, ...all.map(({ partitions }) => partitions)) as JobMetrics['partitions'],
    keys: sum(({ keys }) => keys),
    credit: {
      records: sum(({ credit }) => credit.records),
      bytes: sum(({ credit }) => credit.bytes),
      maxRecords: maxRows * all.length,
      maxBytes: maxBytes * all.length,
    },
    held: {
      bytes: sum(({ held }) => held.bytes),
      maxBytes: maxHeldBytes * all.length,
    },
    longestPauseMs: most(({ longestPauseMs }) => longestPauseMs),
    restarts: sum(({ restarts }) => restarts) + restarted,
    ...(isKnown ? { watermark: Math.min(...watermarks) } : {}),
    ...(isKnown && lags.length > 0 ? { lagMs: Math.max(...lags) } : {}),
    ...(checkpoints[0] === undefined
      ? {}
      : { checkpoint: { ...checkpoints[0], count: sum(({ checkpoint }) => checkpoint?.count ?? 0) } }),
  };
}

function sumRates(all: readonly JobMetrics[]): JobMetrics['rates'] {
  const sums: Record<string, number> = {};
  for (const { rates } of all) for (const [step, rate] of Object.entries(rates)) sums[step] = (sums[step] ?? 0) + rate;
  return sums;
}
