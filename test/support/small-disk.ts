import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Why a file system of its own cannot be had for a test; nothing where it can. */
export function whyNoSmallDisk(folder: string): string | undefined {
  if (process.platform !== 'linux') return `${process.platform} has no tmpfs to mount`;
  if (process.getuid?.() !== 0) return 'only root mounts a file system';
  const failure = mount(folder, '16k');
  if (failure !== undefined) return failure;
  unmount(folder);
  return undefined;
}

/** Mounts a file system of this size, in memory; what it failed with. */
export function mount(folder: string, size: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  return run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
}

/** What is there can be read, and nothing written any more. */
export function makeReadOnly(folder: string): string | undefined {
  return run('mount', ['-o', 'remount,ro', folder]);
}

export function unmount(folder: string): void {
  run('umount', ['-l', folder]);
}

function run(command: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : `${command}: ${error?.message ?? stderr.trim()}`;
}
