import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topicFilter } from '../../../connectors/mqtt/topic-filter.ts';
import { TopicRoutes } from '../../../connectors/mqtt/topic-routes.ts';

const filter = (template: string): ReturnType<typeof topicFilter> => topicFilter('fromMqtt', template);

describe('a topic filter', () => {
  it.each([
    ['site/{site}/{device}/temperature', 'site/+/+/temperature'],
    ['logs/{path...}', 'logs/#'],
    ['$share/group/site/{site}', '$share/group/site/+'],
    ['+/x/#', '+/x/#'],
    ['/a//b/', '/a//b/'],
  ])('%s is sent as %s', (template, sent) => {
    expect(filter(template).filter).toBe(sent);
  });

  it.each([
    ['site/{site}/{device}', 'site/berlin/7', { site: 'berlin', device: '7' }],
    ['logs/{path...}', 'logs/a/b/c', { path: ['a', 'b', 'c'] }],
    ['logs/{path...}', 'logs', { path: [] }],
    ['$share/g/{a}/x', 'q/x', { a: 'q' }],
    ['a/#', 'a', {}],
    ['a/#', 'a/b/c', {}],
    ['+/b', '/b', {}],
    ['{a}/b', '/b', { a: '' }],
    ['#', 'a/b', {}],
    ['$SYS/{what...}', '$SYS/broker/load', { what: ['broker', 'load'] }],
  ])('%s finds in %s %j', (template, topic, levels) => {
    expect(filter(template).match(topic)).toEqual(levels);
  });

  it.each([
    ['a/+', 'a'],
    ['a/+', 'a/b/c'],
    ['a/b', 'a/c'],
    ['#', '$SYS/broker'],
    ['+/broker', '$SYS/broker'],
    ['a/b', 'a/b/c'],
  ])('%s does not match %s', (template, topic) => {
    expect(filter(template).match(topic)).toBeUndefined();
  });

  it.each(['', 'a/b+', 'a/{b', 'a/{}', 'a/#/b', '{a...}/b', 'a/{b}/{b}', '$share/g', '$share//a', 'a\0b', 7])(
    'refuses %j when called',
    (template) => {
      expect(() => topicFilter('fromMqtt', template)).toThrow(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    },
  );

  it('matches what the specification says, by a slower rule', () => {
    const level = fc.constantFrom('a', 'b', '', '$x');
    const wild = fc.constantFrom('a', 'b', '', '+', '#', '$x');
    fc.assert(
      fc.property(fc.array(wild, { minLength: 1 }), fc.array(level, { minLength: 1 }), (parts, topic) => {
        const isValid = !parts.slice(0, -1).includes('#') && parts.join('/') !== '';
        fc.pre(isValid && topic.join('/') !== '');
        const found = filter(parts.join('/')).match(topic.join('/')) !== undefined;
        expect(found).toBe(matches(parts, topic));
      }),
    );
  });
});

/** By a regular expression. */
function matches(filterParts: readonly string[], topic: readonly string[]): boolean {
  if (topic[0]!.startsWith('$') && ['+', '#'].includes(filterParts[0]!)) return false;
  const pattern = filterParts
    .map((part, place) => {
      const slash = place === 0 ? '' : '/';
      if (part === '#') return place === 0 ? '.*' : '(/.*)?';
      return slash + (part === '+' ? '[^/]*' : part.replace('$', '\\$'));
    })
    .join('');
  return new RegExp(`^${pattern}$`).test(topic.join('/'));
}

describe('the routes of topics', () => {
  it('take the names of the first filter that matches, and remember them', () => {
    const routes = new TopicRoutes([filter('a/{first}'), filter('a/{second}'), filter('b/#')]);
    expect(routes.levelsOf('a/x')).toEqual({ first: 'x' });
    expect(routes.levelsOf('a/x')).toBe(routes.levelsOf('a/x'));
    expect(routes.levelsOf('b/x/y')).toEqual({});
    expect(routes.levelsOf('c')).toBeUndefined();
    expect(routes.levelsOf('c')).toBeUndefined();
  });

  it('forget them where there are very many', () => {
    const routes = new TopicRoutes([filter('a/{n}')]);
    const first = routes.levelsOf('a/0');
    for (let n = 1; n <= 10_000; n++) routes.levelsOf(`a/${n}`);
    expect(routes.levelsOf('a/0')).toEqual(first);
    expect(routes.levelsOf('a/0')).not.toBe(first);
  });
});
