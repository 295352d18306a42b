/** What a copy of the engine consists of: everything that touches a record, and nothing that a user compares by identity. */
export { Pipeline } from '../../core/pipeline.ts';
export { parts } from './parts.ts';
