export { directory } from './checkpoints/directory.ts';
export { fromFile, type FromFileOptions } from './source.ts';
export { type RollOptions, toFile, type ToFileOptions } from './sink.ts';
