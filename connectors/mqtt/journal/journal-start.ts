import type { Position } from '../../../core/batch.ts';
import type { SourceRequest } from '../../../core/source.ts';
import { journalError } from './journal-error.ts';
import type { OpenedJournal } from './open-journal.ts';

/** Where a partition stands: of which journal, behind which message of its own, and behind which of all. */
export type JournalPosition = {
  readonly journal: string;
  readonly entry: number;
  readonly from?: number;
};

/** Where to read on: behind this message, and what of each partition is done with. */
export interface JournalStart {
  readonly from: number;
  readonly partitions: ReadonlyMap<string, number>;
}

/**
 * Where a job goes on: where its checkpoint says, else behind what is done with.
 *
 * @throws ConnectorError (`ML_MQTT_JOURNAL`) where what is to come next is not in the journal.
 */
export function journalStart(
  folder: string,
  { id, done, last, segments }: Pick<OpenedJournal, 'id' | 'done' | 'last' | 'segments'>,
  { positions, isStateGone }: Pick<SourceRequest, 'positions' | 'isStateGone'>,
): JournalStart {
  const known = Object.entries(positions);
  if (known.length === 0) {
    if (isStateGone === true && done > 0) throw stateIsGone(folder);
    return { from: done, partitions: new Map() };
  }
  const all = known.map(([partition, position]) => [partition, placeIn(folder, id, position)] as const);
  const from = Math.min(...all.map(([, place]) => place.from));
  const oldest = segments.oldest?.first ?? 1;
  if (from + 1 < oldest) {
    const what = `the checkpoint goes on with message ${from + 1} of the journal in "${folder}", which begins with ${oldest}`;
    throw journalError(`${what}: what came before was deleted behind a newer checkpoint`);
  }
  const entries = all.map(([, { entry }]) => entry);
  if (Math.max(from, ...entries) > last) {
    const what = `the checkpoint knows message ${Math.max(from, ...entries)} of the journal in "${folder}", which ends with ${last}`;
    throw journalError(`${what}: it has lost its end, or is an old copy`);
  }
  return { from, partitions: new Map(all.map(([partition, { entry }]) => [partition, entry])) };
}

function placeIn(folder: string, id: string, position: Position): { readonly entry: number; readonly from: number } {
  // From before there was a journal.
  if ('received' in position) return { entry: 0, from: 0 };
  const { journal, entry, from = entry } = position;
  if (typeof journal !== 'string' || typeof entry !== 'number' || typeof from !== 'number') {
    throw journalError(`the position of the checkpoint is none of a journal: ${JSON.stringify(position)}`);
  }
  if (journal === id) return { entry, from };
  const what = `the checkpoint goes on from the journal ${journal}, and that is not in "${folder}"`;
  throw journalError(`${what}: bring the folder back, or begin anew with another name or an empty store, without it`);
}

function stateIsGone(folder: string): Error {
  const what = `the journal in "${folder}" is done with in part, but the job has no checkpoint: its windows would lack that part`;
  return journalError(
    `${what}; restore the checkpoints, or give another folder to begin anew without what is left in this one`,
  );
}
