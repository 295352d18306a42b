import { describe, expect, it } from 'vitest';
import { compile, compileAnew } from '../../core/compile.ts';

describe('compile', () => {
  it('gives the same function for the same text, which need not be compiled again', () => {
    const one = compile<() => number>(['a'], 'return () => a');
    expect(compile(['a'], 'return () => a')).toBe(one);
    expect(compile(['b'], 'return () => a')).not.toBe(one);
    expect([one(1)(), one(2)()]).toEqual([1, 2]);
  });

  it('keeps a hundred texts, and forgets the one that came first', () => {
    const first = compile([], 'return "first"');
    for (let n = 0; n < 99; n++) compile([], `return ${n}`);
    expect(compile([], 'return "first"')).toBe(first);
    compile([], 'return "one more"');
    expect(compile([], 'return "first"')).not.toBe(first);
    expect(compile<string>([], 'return "first"')()).toBe('first');
  });

  it('makes a function anew where that is asked for', () => {
    expect(compileAnew([], 'return 1')).not.toBe(compileAnew([], 'return 1'));
  });
});
