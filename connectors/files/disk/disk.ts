/**
 * What the writing side asks of a file system, no more: so that tests can let it fail, or lose its power, behind any of
 * these calls. Each rejects with an error that carries a `code`, as Node has it.
 */
export interface Disk {
  /** To write, it must be there; a new one must not (`EEXIST`). Both can be read. */
  open(path: string, how: 'read' | 'write' | 'new'): Promise<DiskFile>;
  /** To read without awaiting. */
  openNow(path: string): DiskReader;
  /** Nothing where there is nothing. */
  stat(path: string): Promise<DiskStat | undefined>;
  /** The names in a folder, in no order; nothing where there is no folder. */
  names(folder: string): Promise<readonly string[] | undefined>;
  /** In place of what is at `to`, at once. */
  rename(from: string, to: string): Promise<void>;
  /** A second name for the same file; fails where something has that name (`EEXIST`). */
  link(from: string, to: string): Promise<void>;
  /** Whether it was there. */
  remove(path: string): Promise<boolean>;
  /** With all above it, as far as they are not there. */
  makeFolder(path: string): Promise<void>;
  /** Makes durable which names are in the folder. */
  syncFolder(path: string): Promise<void>;
  /** One after the other, up to the first that fails; with less ado than by themselves. */
  take(steps: readonly DiskStep[]): Promise<void>;
}

/**
 * `write`: a file that is new, whole and durable. `remove`: also where it is not there. `sync`: which names are in a folder.
 * `expect`: that the file is still this one, with so many names at least; fails with `ESTALE`.
 */
export type DiskStep =
  | { readonly do: 'write'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly do: 'rename'; readonly path: string; readonly to: string }
  | { readonly do: 'remove'; readonly path: string }
  | { readonly do: 'sync'; readonly path: string }
  | ({ readonly do: 'expect'; readonly path: string } & Pick<DiskStat, 'identity' | 'links'>);

export interface DiskStat {
  readonly size: number;
  readonly isFile: boolean;
  /** Who it is, whatever its name. */
  readonly identity: string;
  /** How many names it has. */
  readonly links: number;
  readonly changedAt: number;
}

export interface DiskFile {
  stat(): Promise<DiskStat>;
  /** All of them, or it fails. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** How many bytes there were; 0 at the end. */
  read(into: Uint8Array, at: number): Promise<number>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface DiskReader {
  readonly size: number;
  /** How many bytes there were; 0 at the end. */
  read(into: Uint8Array, at: number): number;
  close(): void;
}
