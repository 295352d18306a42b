import type { Disk } from '../../files/disk/disk.ts';
import type { Desk } from '../custody.ts';
import { JournalFeed } from './journal-feed.ts';
import { JournalProgress } from './journal-progress.ts';
import type { JournalSettings } from './journal-settings.ts';
import { journalStart } from './journal-start.ts';
import { JournalWriter, type JournalWriterOptions } from './journal-writer.ts';
import type { OpenedJournal } from './open-journal.ts';
import { Pruning } from './pruning.ts';

/** What may lie at hand for the job: what comes beyond this it gets from the disk. */
const mostAtHand = { messages: 4_096, bytes: 4 * 1024 * 1024 };
const longestSegment = 8 * 1024 * 1024;

/** What works on a journal that is open: appends to it, reads from it, knows how far the job is, and deletes. */
export interface JournalParts {
  readonly journal: OpenedJournal;
  readonly writer: JournalWriter;
  readonly feed: JournalFeed;
  readonly progress: JournalProgress;
  readonly pruning: Pruning;
}

/** @throws ConnectorError (`ML_MQTT_JOURNAL`) where the job cannot go on from it. */
export function journalParts(
  journal: OpenedJournal,
  disk: Disk,
  desk: Desk,
  { directory: folder, maxBytes }: JournalSettings,
  told: Pick<JournalWriterOptions, 'durable' | 'troubled'>,
): JournalParts {
  const { settings, request, inbox } = desk;
  const { segments } = journal;
  const start = journalStart(folder, journal, request);
  const failed = (cause: unknown): void => desk.failed(cause);
  const writer = new JournalWriter(journal, {
    disk,
    folder,
    client: settings.clientId,
    segmentBytes: Math.min(longestSegment, maxBytes / 8),
    clock: request.clock,
    failed,
    ...told,
  });
  const progress = new JournalProgress(start);
  const feed = new JournalFeed({
    disk,
    segments,
    from: start.from,
    last: () => writer.last,
    hasRoom: () => inbox.size < mostAtHand.messages && inbox.bytes < mostAtHand.bytes,
    put: ({ message, receivedAt }, number) => {
      if (progress.isNew(desk.partitionOf(message.topic), number)) desk.put(message, receivedAt, number);
    },
    failed,
  });
  const pruning = new Pruning({ disk, segments, writer, maxBytes, from: start.from });
  return { journal, writer, feed, progress, pruning };
}
