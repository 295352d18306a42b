/** A file of a journal: the messages from one number on, up to where the next one begins. */
export interface Segment {
  /** Its place in the order of all files that were begun. */
  readonly index: number;
  readonly path: string;
  /** The number of its first message; that of the next message where it has none. */
  readonly first: number;
  /** How long it is. */
  bytes: number;
}

/** A place in it, behind a whole entry, and the checksum of all before. */
export interface SegmentPlace {
  readonly segment: Segment;
  readonly at: number;
  readonly sum: number;
}

/** In the first lines of each. */
export interface SegmentFacts {
  /** Which journal it is of: a folder may be emptied, and filled again. */
  readonly journal: string;
  /** The client whose session the messages came in. */
  readonly client: string;
  readonly first: number;
}

export const segmentTitle = 'millrace mqtt journal 1';

export function segmentName(index: number): string {
  return `${String(index).padStart(10, '0')}.journal`;
}

/** Nothing for a file that is none. */
export function segmentIndex(name: string): number | undefined {
  const digits = /^(\d{10,15})\.journal$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
