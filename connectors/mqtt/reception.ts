import type { FromMqttSettings } from './source-options.ts';
import { StrangeTopics } from './strange-topics.ts';
import { type Levels, TopicRoutes } from './topic-routes.ts';
import type { InboundMessage } from './wire/inbound.ts';

/** Which messages are wanted. */
export class Reception {
  readonly #settings: FromMqttSettings;
  readonly #routes: TopicRoutes;
  readonly #strange: StrangeTopics;

  constructor(settings: FromMqttSettings, warn: (message: string) => void) {
    this.#settings = settings;
    this.#routes = new TopicRoutes(settings.filters);
    this.#strange = new StrangeTopics(settings.name, warn);
  }

  /** The levels of its topic; nothing where no record is to come of it. */
  levelsOf({ topic, payload, retain }: InboundMessage): Levels | undefined {
    const { retained, empty } = this.#settings;
    if (retain && retained === 'skip') return undefined;
    if (payload.length === 0 && empty === 'skip') return undefined;
    const levels = this.#routes.levelsOf(topic);
    if (levels === undefined) this.#strange.met(topic);
    return levels;
  }
}
