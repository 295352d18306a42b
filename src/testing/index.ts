export { drive, type Driver, type DriveOptions, type PushOptions } from './drive.ts';
export { type Marbles, marbles } from './marbles.ts';
export { checkpoint, crash, type Signal, watermark } from './signal.ts';
export { testSink, type TestSink, type TestSinkOptions } from './test-sink.ts';
export { testSource, type TestSourceOptions } from './test-source.ts';
