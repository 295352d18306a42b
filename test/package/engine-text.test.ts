import { describe, expect, it } from 'vitest';
import { engineText } from '../../scripts/engine-text.mjs';

describe('the text of the engine', () => {
  it('has numbers where their names stood', async () => {
    const text = await engineText();
    expect(text).toMatch(/\bSliceCells\b/);
    expect(text).not.toMatch(/\b(linkWidth|infinities|furthestMs)\b/);
  });
});
