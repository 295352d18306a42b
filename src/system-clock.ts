import type { Clock } from '../core/clock.ts';
import { steadyClock } from './steady-clock.ts';

/** The clock of whoever has no run of his own. */
export const systemClock: Clock = steadyClock();
