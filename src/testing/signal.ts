import { ArgumentError } from '../../core/errors.ts';

/** What a marble can stand for beside a record. */
export interface Signal {
  readonly signal: string;
}

/** The partition says so itself, in place of the generator of `eventTime`. */
export class WatermarkSignal implements Signal {
  readonly signal = 'watermark';
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

/**
 * The source says that no record at or before this event time will come.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `at` is no number.
 */
export function watermark(at: number): Signal {
  if (typeof at !== 'number' || Number.isNaN(at))
    throw new ArgumentError('watermark', 'at', 'a number of epoch ms', at);
  return new WatermarkSignal(at);
}

/** The job takes a checkpoint: the state of every step, and how far every source has been read. */
export const checkpoint: Signal = Object.freeze({ signal: 'checkpoint' });

/** The process dies, and a new one restores the last checkpoint; the sources replay from its positions. */
export const crash: Signal = Object.freeze({ signal: 'crash' });
