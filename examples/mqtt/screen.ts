import type { Rejection } from 'millrace';

/** A roll-up, as it comes back from the broker. */
export interface Rollup {
  readonly device: string;
  readonly windowEnd: number;
  readonly n: number;
  readonly mean: number;
  readonly max: number;
  readonly smoothed: number;
}

/** The newest roll-up of each device: redrawn in a terminal, line by line elsewhere. */
export class Screen {
  readonly #rollups = new Map<string, Rollup>();
  readonly #rejected = new Map<string, number>();
  readonly #isTerminal = process.stdout.isTTY;
  #drawn = 0;

  rejected({ kind }: Rejection): void {
    this.#rejected.set(kind, (this.#rejected.get(kind) ?? 0) + 1);
  }

  show(rollup: Rollup): void {
    this.#rollups.set(rollup.device, rollup);
    if (this.#isTerminal) this.#redraw();
    else console.log(lineOf(rollup));
  }

  /** What became of bad readings. */
  get summary(): string {
    const counts = [...this.#rejected].map(([kind, count]) => `${count} ${kind}`);
    return `rejected: ${counts.length === 0 ? 'none' : counts.join(', ')}`;
  }

  #redraw(): void {
    const rollups = [...this.#rollups.values()].toSorted((a, b) => a.device.localeCompare(b.device));
    const lines = [...rollups.map(lineOf), this.summary, 'Ctrl-C stops it'];
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : '';
    process.stdout.write(up + lines.map((line) => `\u001b[2K${line}\n`).join(''));
    this.#drawn = lines.length;
  }
}

function lineOf({ device, windowEnd, n, mean, max, smoothed }: Rollup): string {
  const time = new Date(windowEnd).toISOString().slice(11, 19);
  const bar = '#'.repeat(Math.max(0, Math.round((smoothed - 10) * 2)));
  const numbers = `n ${String(n).padStart(3)}  mean ${mean.toFixed(1)}  max ${max.toFixed(1)}`;
  return `${device.padEnd(8)} ${time}  ${numbers}  smoothed ${smoothed.toFixed(1)} ${bar}`;
}
