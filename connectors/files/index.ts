export { fromFile, type FromFileOptions } from './source.ts';
export { toFile, type ToFileOptions } from './sink.ts';
