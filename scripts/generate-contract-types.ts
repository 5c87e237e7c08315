import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

export type ContractName = 'backend' | 'gateway';
const names: readonly ContractName[] = ['backend', 'gateway'];

const target = (name: ContractName): URL => new URL(`../src/core/generated/${name}.ts`, import.meta.url);

/** The TypeScript text of src/core/generated/NAME.ts, made from openapi/NAME.yaml as it is on disk. */
export async function contractTypes(name: ContractName): Promise<string> {
  const ast = await openapiTS(new URL(`../openapi/${name}.yaml`, import.meta.url), {
    immutable: true,
    alphabetize: false,
  });
  return `// Made from openapi/${name}.yaml by scripts/generate-contract-types.ts. Do not edit; run \`npm run generate\`.\n\n${astToString(ast)}`;
}

/** Writes the files that differ; resolves to their names. */
export async function generateContractTypes(): Promise<readonly string[]> {
  const written: string[] = [];
  for (const name of names) {
    const text = await contractTypes(name);
    const present = await readFile(target(name), 'utf8').catch(() => '');
    if (present === text) continue;
    await writeFile(target(name), text);
    written.push(`src/core/generated/${name}.ts`);
  }
  return written;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const path of await generateContractTypes()) console.log(`${path} written`);
