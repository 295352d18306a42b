import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { foldersFrom } from '../../files/disk/folders-from.ts';
import { Locks } from '../../files/disk/locks.ts';
import { withFile } from '../../files/disk/with-file.ts';
import type { World } from '../../files/disk/world.ts';
import { fileError } from '../../files/file-error.ts';
import { journalError } from './journal-error.ts';
import { JournalIds } from './journal-ids.ts';
import { type Segment, segmentIndex } from './segment.ts';
import { type BegunSegment, SegmentReader } from './segment-reader.ts';
import { Segments } from './segments.ts';

const where = 'fromMqtt';

/** A journal that is there, for nobody else meanwhile. */
export interface OpenedJournal {
  readonly id: string;
  readonly segments: Segments;
  readonly locks: Locks;
  /** Of the next file. */
  readonly nextIndex: number;
  /** The number of its last message. */
  readonly last: number;
  /** Messages up to this number are done with, whatever a checkpoint says. */
  readonly done: number;
  readonly ids: JournalIds;
  /** Bytes at its end that were not whole: nobody was told that they are there. */
  readonly torn: number;
}

/** Opens the journal in a folder, or begins one. A tail that is not whole is cut off. */
export async function openJournal(folder: string, client: string, world: World): Promise<OpenedJournal> {
  const { disk, processes } = world;
  const locks = new Locks(disk, processes);
  try {
    await disk.makeFolder(folder);
    // A former process may have made them, and died before they were durable.
    for (const each of foldersFrom(folder)) await disk.syncFolder(each);
    await locks.take(where, folder, join(folder, 'lock'));
    return { locks, ...(await found(folder, client, world)) };
  } catch (cause) {
    await locks.release().catch(() => undefined);
    throw fileError(where, 'open', folder, cause);
  }
}

async function found(folder: string, client: string, world: World): Promise<Omit<OpenedJournal, 'locks'>> {
  const indexes = ((await world.disk.names(folder)) ?? []).flatMap((name) => {
    const index = segmentIndex(name);
    return index === undefined ? [] : [{ index, path: join(folder, name) }];
  });
  const segments = new Segments();
  let id: string | undefined;
  let unfinished = 0;
  for (const { index, path } of indexes.toSorted((left, right) => left.index - right.index)) {
    const begun = await SegmentReader.begin(world.disk, path);
    const size = (await world.disk.stat(path))?.size ?? 0;
    // It was being begun when the process died, or the disk was full.
    if (typeof begun === 'string') {
      unfinished += size;
      continue;
    }
    const { reader, facts } = begun;
    await reader.close();
    if (facts.client !== client) {
      throw journalError(`"${folder}" has the journal of the client "${facts.client}", and this one is "${client}"`);
    }
    id ??= facts.journal;
    if (facts.journal !== id) throw journalError(`"${folder}" has files of two journals: "${path}" is of another one`);
    unfinished = 0;
    segments.add({ index, path, first: facts.first, bytes: size });
  }
  const nextIndex = 1 + Math.max(0, ...indexes.map(({ index }) => index));
  const { newest } = segments;
  const end = newest === undefined ? { last: 0, done: 0, ids: new JournalIds(), torn: 0 } : await endOf(newest, world);
  return {
    id: id ?? randomBytes(6).toString('hex'),
    segments,
    nextIndex,
    ...end,
    torn: end.torn + unfinished,
  };
}

/** What the newest file says, to the end of what is whole in it. */
async function endOf(
  segment: Segment,
  { disk }: World,
): Promise<Pick<OpenedJournal, 'last' | 'done' | 'ids' | 'torn'>> {
  const ids = new JournalIds();
  let [last, done] = [segment.first - 1, 0];
  const begun = await SegmentReader.begin(disk, segment.path);
  if (typeof begun === 'string') throw journalError(`"${segment.path}" ${begun}`);
  const { reader, beginning } = begun;
  try {
    for (
      let entries: BegunSegment['beginning'] | undefined = beginning;
      entries !== undefined;
      entries = await reader.next()
    ) {
      for (const entry of entries) {
        ids.follow(entry);
        if (entry.kind === 'message') last++;
        else if (entry.kind === 'done') done = entry.number;
      }
    }
  } finally {
    await reader.close();
  }
  const torn = segment.bytes - reader.at;
  segment.bytes = reader.at;
  // What the former process had written, and not made durable, counts from now on.
  await withFile(disk, segment.path, 'write', async (file) => {
    if (torn > 0) await file.truncate(segment.bytes);
    await file.sync();
  });
  return { last, done, ids, torn };
}
