import type { SinkRequest, SinkWriter } from '../../../core/sink.ts';
import type { World } from '../disk/world.ts';
import { FileWriter } from './file-writer.ts';
import { Outputs } from './outputs.ts';
import type { OutputSettings } from './output-settings.ts';

/** Opens what `toFile` writes to, where its checkpoint left it. */
export async function openWriter<T>(
  settings: OutputSettings<T>,
  request: SinkRequest,
  world: World,
): Promise<SinkWriter<T>> {
  const outputs = new Outputs<T>(settings, request, world);
  try {
    await outputs.restore();
  } catch (cause) {
    // What it failed with says more than what closing may fail with.
    await outputs.close().catch(() => undefined);
    throw cause;
  }
  return new FileWriter<T>(outputs, request);
}
