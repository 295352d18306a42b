import { ArgumentError } from '../../core/errors.ts';

/** A topic filter whose levels may have names. */
export interface TopicFilter {
  /** As it is sent to the broker. */
  readonly filter: string;
  /** What the named levels of a topic are, where it matches; levels of `name...` are a list. */
  match(topic: string): Readonly<Record<string, string | readonly string[]>> | undefined;
}

type Level = { readonly literal: string } | { readonly any: 'one' | 'rest'; readonly name?: string };

const expected =
  "a topic filter such as 'site/+/temperature', 'site/{site}/{device}', 'logs/{path...}' or '$share/group/a/#'";

/** @throws ArgumentError for what is no filter. */
export function topicFilter(where: string, template: unknown): TopicFilter {
  const fail = (hint?: string): ArgumentError => new ArgumentError(where, 'topic', expected, template, hint);
  // eslint-disable-next-line no-control-regex -- a topic has no null character
  if (typeof template !== 'string' || template === '' || /\u0000/.test(template)) throw fail();
  const shared = /^\$share\/[^/+#{}]+\/(?=.)/.exec(template)?.[0] ?? '';
  if (shared === '' && template.startsWith('$share/')) throw fail('a shared one is $share/<group>/<filter>');
  const levels = template
    .slice(shared.length)
    .split('/')
    .map((text) => levelOf(text, fail));
  const names = levels.flatMap((level) => ('any' in level && level.name !== undefined ? [level.name] : []));
  if (new Set(names).size < names.length) throw fail('a name stands there twice');
  if (levels.slice(0, -1).some((level) => 'any' in level && level.any === 'rest')) {
    throw fail('nothing can follow what takes the rest');
  }
  const plain = levels.map((level) => ('literal' in level ? level.literal : level.any === 'one' ? '+' : '#'));
  return { filter: shared + plain.join('/'), match: (topic) => matched(levels, topic) };
}

function levelOf(text: string, fail: (hint?: string) => ArgumentError): Level {
  if (text === '+') return { any: 'one' };
  if (text === '#') return { any: 'rest' };
  const [, name, dots] = /^\{([^{}+#]+?)(\.\.\.)?\}$/.exec(text) ?? [];
  if (name !== undefined) return { any: dots === undefined ? 'one' : 'rest', name };
  if (/[+#{}]/.test(text)) throw fail('a wildcard or a name takes a level of its own');
  return { literal: text };
}

function matched(levels: readonly Level[], topic: string): ReturnType<TopicFilter['match']> {
  const parts = topic.split('/');
  const found: Record<string, string | readonly string[]> = {};
  // What begins with $ is the broker's own: wildcards leave it out.
  if (topic.startsWith('$') && levels[0] !== undefined && 'any' in levels[0]) return undefined;
  for (const [place, level] of levels.entries()) {
    if ('any' in level && level.any === 'rest') {
      if (level.name !== undefined) found[level.name] = parts.slice(place);
      return found;
    }
    const part = parts[place];
    if (part === undefined || ('literal' in level && level.literal !== part)) return undefined;
    if ('any' in level && level.name !== undefined) found[level.name] = part;
  }
  return parts.length === levels.length ? found : undefined;
}
