export type StoredKind = 'prepared' | 'committed' | 'notes' | 'tmp';

/** What a file in the folder of a job is: the order of its name is the order of the cuts. */
export interface Stored {
  readonly name: string;
  readonly place: number;
  /** Empty: notes made before the first checkpoint. */
  readonly safeId: string;
  readonly kind: StoredKind;
}

export function stored(place: number, safeId: string, kind: StoredKind): Stored {
  return { name: `${String(place).padStart(10, '0')}-${safeId}.${kind}`, place, safeId, kind };
}

/** Nothing for a file that has no such name. */
export function storedOf(name: string): Stored | undefined {
  const [, place, safeId, kind] = /^(\d{10,15})-(.*)\.(prepared|committed|notes|tmp)$/.exec(name) ?? [];
  if (place === undefined || safeId === undefined || kind === undefined) return undefined;
  return { name, place: Number(place), safeId, kind: kind as StoredKind };
}

/** The id as it was, for a person; of a long one its beginning. */
export function idOf(safeId: string): string {
  try {
    return decodeURIComponent(safeId);
  } catch {
    return safeId;
  }
}
