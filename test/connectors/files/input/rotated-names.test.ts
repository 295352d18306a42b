import { describe, expect, it } from 'vitest';
import { originalsOf } from '../../../../connectors/files/input/rotated-names.ts';

describe('the name that a rotation gave', () => {
  it.each([
    ['app.log.1', 'app.log'],
    ['app.log.12.gz', 'app.log'],
    ['app.log.gz', 'app.log'],
    ['app.log.zst', 'app.log'],
    ['app.log-20241129', 'app.log'],
    ['app.log-2024-11-29T10:00:00Z.gz', 'app.log'],
    ['app.log.2024-11-29.1', 'app.log'],
    ['app-2024-11-29.log', 'app.log'],
    ['app__2024-11-29_00-00-00.log', 'app.log'],
    ['app.1.log', 'app.log'],
    ['app.log.old', 'app.log'],
    ['app.1', 'app'],
  ])('%s was made of %s', (name, original) => {
    expect(originalsOf(name)).toContain(original);
  });

  it.each([
    ['app-1.log', 'app.log'],
    ['app-errors.log', 'app.log'],
    ['app.log~', 'app.log'],
    ['app.log.swp', 'app.log'],
    ['app2.log', 'app.log'],
    ['app.log', 'app.log'],
    ['other.log.1', 'app.log'],
  ])('%s was not made of %s', (name, original) => {
    expect(originalsOf(name)).not.toContain(original);
  });
});
