export { fromKafka } from './source.ts';
export { toKafka } from './sink.ts';
export type { ToKafkaOptions } from './sink-options.ts';
export type { FromKafkaOptions, StartingPoint } from './source-options.ts';
export type { KafkaMessage } from './kafka-message.ts';
export type { KafkaClient } from './driver-of.ts';
