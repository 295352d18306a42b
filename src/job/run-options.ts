import type { CheckpointStore } from '../../core/checkpoint.ts';
import { type Duration, duration, positiveDuration } from '../../core/duration.ts';
import { ArgumentError } from '../../core/errors.ts';
import { oneOf, optionsObject, positiveInteger } from '../../core/guards.ts';

export interface RunOptions {
  /** Names the job: checkpoints, transactions and metrics carry it. Required with a sink that decides. Default `'job'`. */
  readonly name?: string;
  /** Keeps what the job needs to go on after its process died. Without it such a job begins again at the beginning. */
  readonly checkpoint?: CheckpointStore;
  /** Time between checkpoints. Default `'5s'`. */
  readonly every?: Duration;
  /** Stops the job as `stop()` does. */
  readonly signal?: AbortSignal;
  /** What happens after a `ConnectorError` that is retryable; `false`: the job fails. */
  readonly restart?: RestartOptions | false;
  /** How much may wait in sinks before reading pauses. Default 10,000 rows, 16 MiB. */
  readonly maxBuffered?: { readonly records?: number; readonly bytes?: number };
  /** How long a job that is stopped may take to make durable what it has; past it the rest stays unacknowledged. Default `'30s'`. */
  readonly drainWithin?: Duration;
  /** These signals stop the job as `stop()` does; a second one leaves at once. Default: none. */
  readonly stopOn?: readonly StopSignal[];
  /**
   * What the end of the input does. `fire` (default): every window fires and the checkpoint is marked finished; a later run
   * reports `completed`, or is refused if the input has grown. `keep`: open windows stay open in the checkpoint, for the next
   * run to go on. `stop()` always keeps.
   */
  readonly atEnd?: 'fire' | 'keep';
  /**
   * Bytes that steps may hold back over the whole job. Past it records that wait for their time go on, the oldest first, counted
   * as `hurried`; for what waits for a call (`mapAsync`) the input waits. Default 64 MiB.
   */
  readonly maxHeldBytes?: number;
  /** A line on stderr that says how far the job is, where stderr is a terminal. Default false. */
  readonly progress?: boolean;
}

export interface RestartOptions {
  /** Restarts since the last completed checkpoint. Default 10. */
  readonly attempts?: number;
  /** The first pause; each further one is twice as long, and all are jittered. Default `'500ms'`. */
  readonly first?: Duration;
  /** The longest pause. Default `'30s'`. */
  readonly longest?: Duration;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The options of a run, checked, with the defaults in their places. */
export interface RunSettings {
  readonly name: string;
  readonly isNamed: boolean;
  readonly store: CheckpointStore | undefined;
  readonly everyMs: number;
  readonly signal: AbortSignal | undefined;
  readonly restart: { readonly attempts: number; readonly firstMs: number; readonly longestMs: number };
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly drainWithinMs: number;
  readonly stopOn: readonly StopSignal[];
  readonly atEnd: 'fire' | 'keep';
  readonly maxHeldBytes: number;
  readonly progress: boolean;
}

const where = 'run';
const mebibyte = 1024 * 1024;
const names = [
  'name',
  'checkpoint',
  'every',
  'signal',
  'restart',
  'maxBuffered',
  'drainWithin',
  'stopOn',
  'atEnd',
  'maxHeldBytes',
  'progress',
] as const;

/** @throws ArgumentError for an option that is wrong. */
export function runSettings(options: RunOptions): RunSettings {
  const given = optionsObject<RunOptions>(where, options, names);
  const { maxBuffered = {}, restart = {}, stopOn = [] } = given;
  optionsObject(where, maxBuffered, ['records', 'bytes']);
  return {
    name: jobName(given.name ?? 'job'),
    isNamed: given.name !== undefined,
    store: storeOf(given.checkpoint),
    everyMs: positiveDuration(where, 'every', given.every ?? '5s'),
    signal: signalOf(given.signal),
    restart: restartOf(restart),
    maxRows: positiveInteger(where, 'maxBuffered.records', maxBuffered.records ?? 10_000),
    maxBytes: positiveInteger(where, 'maxBuffered.bytes', maxBuffered.bytes ?? 16 * mebibyte),
    drainWithinMs: duration(where, 'drainWithin', given.drainWithin ?? '30s'),
    stopOn: stopOn.map((each) => oneOf(where, 'stopOn', each, ['SIGINT', 'SIGTERM'])),
    atEnd: oneOf(where, 'atEnd', given.atEnd ?? 'fire', ['fire', 'keep']),
    maxHeldBytes: positiveInteger(where, 'maxHeldBytes', given.maxHeldBytes ?? 64 * mebibyte),
    progress: given.progress === true,
  };
}

function jobName(name: unknown): string {
  if (typeof name === 'string' && name !== '' && name.length <= 200) return name;
  throw new ArgumentError(where, 'name', 'a text of 1 to 200 characters', name);
}

function storeOf(store: unknown): CheckpointStore | undefined {
  if (store === undefined) return undefined;
  if (typeof store === 'object' && store !== null && 'open' in store && !('traits' in store)) {
    return store as CheckpointStore;
  }
  throw new ArgumentError(where, 'checkpoint', "a checkpoint store such as directory('./state')", store);
}

function signalOf(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new ArgumentError(where, 'signal', 'an AbortSignal', signal);
}

function restartOf(restart: RestartOptions | false): RunSettings['restart'] {
  if (restart === false) return { attempts: 0, firstMs: 0, longestMs: 0 };
  optionsObject(where, restart, ['attempts', 'first', 'longest']);
  const firstMs = positiveDuration(where, 'restart.first', restart.first ?? '500ms');
  const longestMs = positiveDuration(where, 'restart.longest', restart.longest ?? Math.max(30_000, firstMs));
  if (longestMs < firstMs) {
    throw new ArgumentError(where, 'restart.longest', `at least \`restart.first\` (${firstMs} ms)`, restart.longest);
  }
  return { attempts: positiveInteger(where, 'restart.attempts', restart.attempts ?? 10), firstMs, longestMs };
}
