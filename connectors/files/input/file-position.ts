import type { Position } from '../../../core/batch.ts';
import { ConnectorError } from '../../../core/errors.ts';
import type { SplitterState } from '../../../core/format.ts';
import type { Mark } from './fingerprint.ts';

/** A position of `fromFile`: which file, how to know it again, and how its splitter stood. */
export interface FilePosition {
  /** Where it was found. Of a file that is followed: the path that is followed, whatever the file is called by now. */
  readonly path: string;
  /** Device, inode and time of birth: says which file it is, until the inode is used again. */
  readonly inode: string;
  /** When it was last written to, in nanoseconds, as far as its reader had seen. */
  readonly modified: string;
  /** How it begins. */
  readonly fingerprint: string;
  /** What stands in front of the position, or of one before it. */
  readonly mark: Mark;
  /** Its last record had no line end, and was taken for whole because the file ended there. */
  readonly isUnended: boolean;
  /** It stands at what was the end of the file. */
  readonly isAtEnd: boolean;
  readonly state: SplitterState;
}

export function positionOf(at: FilePosition): Position {
  const { path, inode, modified, fingerprint, mark, isUnended, isAtEnd, state } = at;
  const flags = { ...(isUnended ? { unended: true } : {}), ...(isAtEnd ? { atEnd: true } : {}) };
  return { file: path, inode, modified, fingerprint, mark: { ...mark }, ...flags, state };
}

/** Reads back what `positionOf` wrote; nothing where it stands in front of the first record. */
export function filePosition(where: string, position: Position | undefined): FilePosition | undefined {
  if (position === undefined || Object.keys(position).length === 0) return undefined;
  const { file, inode, modified, fingerprint, mark, unended, atEnd, state } = position;
  const texts = [file, inode, modified, fingerprint].filter((each) => typeof each === 'string');
  const [path, ...others] = texts as [string, string, string, string];
  if (others.length !== 3 || !isMark(mark) || !isState(state)) {
    const what = `the position to go on from is none of its own: ${JSON.stringify(position)}`;
    throw new ConnectorError(where, what, { retryable: false });
  }
  const flags = { isUnended: unended === true, isAtEnd: atEnd === true };
  return { path, inode: others[0], modified: others[1], fingerprint: others[2], mark, ...flags, state };
}

function isMark(mark: Position[string] | undefined): mark is Position[string] & Mark {
  if (typeof mark !== 'object' || mark === null || !('offset' in mark && 'digest' in mark)) return false;
  return typeof mark.offset === 'number' && typeof mark.digest === 'string';
}

function isState(state: Position[string] | undefined): state is SplitterState {
  if (typeof state !== 'object' || state === null || !('offset' in state && 'line' in state)) return false;
  return typeof state.offset === 'number' && typeof state.line === 'number';
}
