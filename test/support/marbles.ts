/** Runs `body` in virtual time: one `-` is one frame is one millisecond. */
export { marbles } from '../../src/testing/index.ts';
