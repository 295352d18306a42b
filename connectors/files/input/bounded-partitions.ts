import type { Positions } from '../../../core/batch.ts';
import type { CompressionOption } from './compression.ts';
import type { CutterRequest } from './file-cutter.ts';
import type { FileRequest } from './open-file.ts';
import type { Partitions } from './partition-reader.ts';
import { filesOf, type Paths } from './paths.ts';
import { SequenceReader } from './sequence-reader.ts';

/** What `fromFile` needs to make the partitions of a reader. */
export interface PartitionsRequest<T> extends Omit<CutterRequest<T>, 'partition'>, FileRequest {
  readonly paths: Paths;
  readonly partitions: 'one' | 'file';
  readonly compression: CompressionOption;
  /** Where they begin. */
  readonly positions: Positions;
}

/** The name of the partition of several files. */
export const onlyPartition = '0';

/** The files that are there when they are looked for, read to their ends. */
export function boundedPartitions<T>(request: PartitionsRequest<T>): Partitions<T> {
  const { where, partitions, positions } = request;
  const areMatches = request.paths.globs.length > 0;
  const sequence = (partition: string, paths: readonly string[]): Promise<SequenceReader<T>> =>
    SequenceReader.open<T>({ ...request, partition, paths, areMatches, position: positions[partition] });
  return async () => {
    const files = await filesOf(where, request.paths);
    if (partitions === 'one') return [await sequence(onlyPartition, files)];
    const readers: SequenceReader<T>[] = [];
    for (const path of files) readers.push(await sequence(path, [path]));
    // Of a file that is gone only its end is a position.
    for (const path of Object.keys(positions)) if (!files.includes(path)) readers.push(await sequence(path, []));
    return readers;
  };
}
