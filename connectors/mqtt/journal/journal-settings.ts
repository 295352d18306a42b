import { ArgumentError } from '../../../core/errors.ts';
import { optionsObject, positiveInteger } from '../../../core/guards.ts';
import { isPath } from '../../files/is-path.ts';

export interface MqttJournalOptions {
  /** A folder of this source alone. It is made where it is not there. */
  readonly directory: string;
  /** So large it may become; then no more is taken from the broker until a checkpoint lets some of it go. Default 1 GiB. */
  readonly maxBytes?: number;
}

export interface JournalSettings {
  readonly directory: string;
  readonly maxBytes: number;
}

const where = 'fromMqtt';
const defaultBytes = 1024 ** 3;
const leastBytes = 1024 ** 2;

/** @throws ArgumentError */
export function journalSettings(journal: unknown): JournalSettings {
  if (typeof journal === 'string') return { directory: folder('journal', journal), maxBytes: defaultBytes };
  if (typeof journal !== 'object')
    throw new ArgumentError(where, 'journal', 'the path of a folder, or options', journal);
  const given = optionsObject<MqttJournalOptions>(where, journal, ['directory', 'maxBytes']);
  return {
    directory: folder('journal.directory', given.directory),
    maxBytes: size(given.maxBytes ?? defaultBytes),
  };
}

function size(value: unknown): number {
  if (positiveInteger(where, 'journal.maxBytes', value) >= leastBytes) return value as number;
  throw new ArgumentError(where, 'journal.maxBytes', `at least ${leastBytes} (1 MiB)`, value);
}

function folder(option: string, path: unknown): string {
  if (isPath(path)) return path;
  throw new ArgumentError(where, option, 'the path of a folder', path);
}
