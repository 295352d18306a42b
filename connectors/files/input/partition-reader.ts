import type { Position } from '../../../core/batch.ts';
import type { FileBatch } from './file-batch.ts';

/** How far somebody is, in bytes on the disk. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** The files of one partition. One question, one answer: nothing is read ahead. */
export interface PartitionReader<T> {
  readonly partition: string;
  /** Where it begins. */
  readonly position: Position;
  readonly progress: Progress;
  /** `nothing`: there is no more for now. */
  read(): Promise<FileBatch<T> | 'nothing' | 'ended'>;
  close(): Promise<void>;
}

/** The partitions of one reader: opened by the first call; a later one looks whether there are more. */
export type Partitions<T> = () => Promise<readonly PartitionReader<T>[]>;
