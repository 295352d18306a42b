/**
 * The engine as text, for pipelines that run on their own copy of it. In a browser there is none.
 * The build writes `text-node.js` beside this file's output, with the text; `#engine-text` in package.json chooses.
 */
export const engineText: string | undefined = undefined;
