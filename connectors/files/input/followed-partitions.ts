import { dirname } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { ConnectorError } from '../../../core/errors.ts';
import { onlyPartition, type PartitionsRequest } from './bounded-partitions.ts';
import { filePosition } from './file-position.ts';
import { FollowReader } from './follow-reader.ts';
import { FollowedPaths, type PathsInOrder } from './followed-paths.ts';
import { noFile, statsAt } from './file-stats.ts';
import type { Partitions } from './partition-reader.ts';

/** Files that go on; those that match later are found when they are there. */
export function followedPartitions<T>(request: PartitionsRequest<T>, clock: Clock): Partitions<T> {
  const { where, partitions, positions } = request;
  let paths: FollowedPaths | undefined;
  const readers = new Map<string, FollowReader<T>>();
  const follow = async (partition: string, followed: PathsInOrder): Promise<void> => {
    if (readers.has(partition)) return;
    const each = { ...request, partition, paths: followed, position: positions[partition] };
    readers.set(partition, await FollowReader.open(each));
  };
  return async () => {
    if (paths === undefined) await checkPaths(request);
    const followed = (paths ??= new FollowedPaths(where, request.paths, knownPaths(request), clock));
    await followed.refresh();
    const rotated = (path: string): ReadonlySet<string> => followed.rotated(path);
    if (partitions === 'one') await follow(onlyPartition, followed);
    else for (const path of followed.all) await follow(path, { all: [path], rotated });
    return [...readers.values()];
  };
}

/** Paths that positions speak of: a pattern may match them again. */
function knownPaths<T>({ where, paths, partitions, positions }: PartitionsRequest<T>): readonly string[] {
  const position = filePosition(where, positions[onlyPartition]);
  const known = partitions === 'file' ? Object.keys(positions) : position === undefined ? [] : [position.path];
  const unknown = known.find((path) => !paths.literal.includes(path));
  if (paths.globs.length > 0 || unknown === undefined) return known;
  const what = `the position to go on from is in "${unknown}", which is not among the files`;
  throw new ConnectorError(where, what, { retryable: false });
}

/** A file may come later; a folder that is not there is a mistake that nobody would ever see. */
async function checkPaths<T>({ where, paths, warn }: PartitionsRequest<T>): Promise<void> {
  const folders = paths.globs.flatMap((glob) => glob.branches.map(folderOf));
  for (const folder of [...paths.literal.map((path) => dirname(path)), ...folders]) {
    if ((await statsAt(where, folder))?.isDirectory() === true) continue;
    const what = `there is no folder "${folder}" in which a file could be followed`;
    throw new ConnectorError(where, what, { retryable: false, code: 'ML_FILE_NOT_FOUND' });
  }
  for (const path of paths.literal) {
    const stats = await statsAt(where, path);
    if (stats === undefined) warn(`"${path}" is not there yet, and is waited for`);
    else if (!stats.isFile()) throw noFile(where, path);
  }
}

/** In which a pattern begins. */
function folderOf(branch: readonly unknown[]): string {
  const first = branch.findIndex((segment) => typeof segment !== 'string');
  return branch.slice(0, first < 0 ? -1 : first).join('/') || (branch[0] === '' ? '/' : '.');
}
