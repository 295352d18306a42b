import type { Position } from '../../core/batch.ts';
import { ConnectorError } from '../../core/errors.ts';
import type { SplitterState } from '../../core/format.ts';

/** A position of `fromFile`: which file, how it began, and how its splitter stood. */
export interface FilePosition {
  readonly path: string;
  readonly fingerprint: string;
  readonly state: SplitterState;
}

/** Reads back what `FileBatch` wrote. */
export function filePosition(where: string, position: Position): FilePosition {
  const { file, fingerprint, state } = position;
  if (typeof file === 'string' && typeof fingerprint === 'string' && isState(state)) {
    return { path: file, fingerprint, state };
  }
  const what = `the position to go on from is none of its own: ${JSON.stringify(position)}`;
  throw new ConnectorError(where, what, { retryable: false });
}

function isState(state: Position[string] | undefined): state is SplitterState {
  if (typeof state !== 'object' || state === null || !('offset' in state && 'line' in state)) return false;
  return typeof state.offset === 'number' && typeof state.line === 'number';
}
