import { plainRecipe, type Step } from '../../core/recipe.ts';
import { type EventTimeRecipe, makeEventTime } from './event-time-processor.ts';

const options: EventTimeRecipe = {
  time: undefined,
  outOfOrdernessMs: 0,
  idleAfterMs: Number.POSITIVE_INFINITY,
  maxAheadMs: undefined,
};

/** What stands behind an input whose records have timestamps when the chain names no event time. */
export const timestampsAsTheyAre: Step = {
  recipe: {
    ...plainRecipe,
    operator: 'eventTime',
    options,
    fields: { reads: [], writes: [], keepsOthers: true },
    stateful: true,
    time: 'sets',
    summary: "the record's own timestamp",
  },
  make: makeEventTime,
};
