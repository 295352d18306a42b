import type { TopicFilter } from './topic-filter.ts';

/** Topics whose levels are remembered: they come again and again. */
const remembered = 10_000;

export type Levels = NonNullable<ReturnType<TopicFilter['match']>>;

/** Finds the levels of topics. The first filter that a topic matches names them. */
export class TopicRoutes {
  readonly #filters: readonly TopicFilter[];
  readonly #known = new Map<string, Levels | undefined>();

  constructor(filters: readonly TopicFilter[]) {
    this.#filters = filters;
  }

  /** Nothing where no filter has asked for it. */
  levelsOf(topic: string): Levels | undefined {
    if (this.#known.has(topic)) return this.#known.get(topic);
    let levels: Levels | undefined;
    for (const filter of this.#filters) {
      levels = filter.match(topic);
      if (levels !== undefined) break;
    }
    if (levels !== undefined) Object.freeze(levels);
    if (this.#known.size >= remembered) this.#known.clear();
    this.#known.set(topic, levels);
    return levels;
  }
}
