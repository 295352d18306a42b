import type { Disk } from './disk.ts';
import type { Processes } from './processes.ts';

/** Where files are, and who uses them. */
export interface World {
  readonly disk: Disk;
  readonly processes: Processes;
}
