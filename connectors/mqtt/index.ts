export { fromMqtt } from './source.ts';
export type { MqttJournalOptions } from './journal/journal-settings.ts';
export type { FromMqttOptions } from './source-options.ts';
export type { MqttMessage, TopicLevel, TopicLevels } from './mqtt-message.ts';
export { toMqtt } from './sink.ts';
export type { ToMqttOptions } from './sink-options.ts';
