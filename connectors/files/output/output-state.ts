import { ConnectorError } from '../../../core/errors.ts';
import type { Plain } from '../../../core/plain.ts';
import { show } from '../../../core/show.ts';
import type { SinkState } from '../../../core/sink.ts';

/** What a checkpoint holds of a path: everything that it takes to go back there. */
export type OutputState = {
  readonly path: string;
  /** Of one file: how long it was. */
  readonly bytes?: number;
  /** Of one that was there: what its first row still needs in front of it. */
  readonly front?: string;
  /** Of a file that is rolled. */
  readonly parts?: PartsState;
  /** What the format has learnt from the first row. */
  readonly learnt?: Plain;
};

export type PartsState = {
  /** The number of the next part. */
  readonly next: number;
  /** What stands in front of the rows of every part. */
  readonly head?: string;
  /** The part that rows went to: how long it was, how long its rows, and when it began. */
  readonly open?: { readonly number: number; readonly bytes: number; readonly content: number; readonly since: number };
  /** Parts that are complete, and are shown when the checkpoint is committed. */
  readonly ended: readonly PartState[];
};

export type PartState = { readonly number: number; readonly bytes: number };

/** What is noted before a path is opened for the first time, to go back to where it was. */
export type OpeningNote = {
  readonly path: string;
  /** How much of it was there, and whether anything was. */
  readonly bytes?: number;
  readonly isNew?: boolean;
  /** Of a file that is rolled: the number of the first part. */
  readonly next?: number;
};

export function stateOf(outputs: readonly OutputState[]): SinkState {
  return { outputs };
}

export function openingNote(openings: readonly OpeningNote[]): SinkState {
  return { openings };
}

/** It turned out to be somebody else's, and was not opened. */
export function withdrawal(path: string): SinkState {
  return { withdrawn: path };
}

export function outputsOf(where: string, state: SinkState | undefined): readonly OutputState[] {
  if (state === undefined) return [];
  const { outputs } = state;
  if (Array.isArray(outputs) && outputs.every(isOutputState)) return outputs;
  throw notOurs(where, state);
}

/** By path: what was noted last. */
export function openingsOf(where: string, notes: readonly SinkState[]): ReadonlyMap<string, OpeningNote> {
  const openings = new Map<string, OpeningNote>();
  for (const note of notes) {
    if (typeof note['withdrawn'] === 'string') openings.delete(note['withdrawn']);
    else if (!Array.isArray(note['openings']) || !note['openings'].every(isOpening)) throw notOurs(where, note);
    else for (const opening of note['openings']) openings.set(opening.path, opening);
  }
  return openings;
}

function isOutputState(value: unknown): value is OutputState {
  if (!isObject(value) || typeof value['path'] !== 'string') return false;
  const { bytes, front = '', parts } = value;
  return parts === undefined ? isCount(bytes) && typeof front === 'string' : isPartsState(parts);
}

function isPartsState(value: unknown): value is PartsState {
  if (!isObject(value) || !isCount(value['next']) || !Array.isArray(value['ended'])) return false;
  const { ended, open } = value;
  if (!ended.every(isPart)) return false;
  return open === undefined || (isPart(open) && isCount(open.content) && typeof open.since === 'number');
}

function isPart(value: unknown): value is PartState & Readonly<Record<string, unknown>> {
  return isObject(value) && isCount(value['number']) && isCount(value['bytes']);
}

function isOpening(value: unknown): value is OpeningNote {
  return isObject(value) && typeof value['path'] === 'string' && isCount(value['next'] ?? value['bytes']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function notOurs(where: string, what: SinkState): ConnectorError {
  return new ConnectorError(where, `the checkpoint holds what is none of its own: ${show(what)}`, { retryable: false });
}
