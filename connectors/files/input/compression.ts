import * as zlib from 'node:zlib';
import { ArgumentError, ConnectorError } from '../../../core/errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd';
export type CompressionOption = Compression | 'auto';

const extensions: Readonly<Record<string, Compression>> = { '.gz': 'gzip', '.zst': 'zstd' };

type CreateUnpacker = (options: zlib.ZlibOptions) => zlib.InflateRaw;

/** Not in the types of the oldest Node, nor in that Node. */
const createZstdDecompress = (zlib as { readonly createZstdDecompress?: CreateUnpacker }).createZstdDecompress;
const zstdNeeds = 'Node 22.15 or newer, or 24';

/** How a file is packed: by its name, where the user has not said it. */
export function compressionOf(path: string, option: CompressionOption): Compression {
  return option === 'auto' ? (extensions[extensionOf(path)] ?? 'none') : option;
}

/** The name without what packing adds to it. */
export function withoutPacking(path: string): string {
  const extension = extensionOf(path);
  return extension in extensions ? path.slice(0, -extension.length) : path;
}

/** What cannot be read on this Node is a wrong call, where the call shows it. */
export function checkCompression(where: string, option: CompressionOption, path: string): void {
  if (compressionOf(path, option) !== 'zstd' || createZstdDecompress !== undefined) return;
  const [name, value] = option === 'zstd' ? (['compression', option] as const) : (['path', path] as const);
  const expected = `what Node ${process.versions.node} can read, and zstd needs ${zstdNeeds}`;
  throw new ArgumentError(where, name, expected, value);
}

export function zstdUnpackers(where: string, path: string, options: zlib.ZlibOptions): () => zlib.InflateRaw {
  if (createZstdDecompress !== undefined) return () => createZstdDecompress(options);
  const what = `"${path}" is packed with zstd, which needs ${zstdNeeds}; this is Node ${process.versions.node}`;
  throw new ConnectorError(where, what, { retryable: false });
}

function extensionOf(path: string): string {
  return /\.[^./\\]*$/.exec(path)?.[0] ?? '';
}
