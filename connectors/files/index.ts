export { directory } from './checkpoints/directory.ts';
export { fromFile, type FromFileOptions } from './source.ts';
export { toFile } from './sink.ts';
export type { RollOptions, ToFileOptions } from './to-file-options.ts';
