import type { Locator } from 'playwright-core';

/** Waits until the browser has decoded the picture that is shown; one that is replaced meanwhile is asked again. */
export async function decoded(picture: Locator): Promise<void> {
  await picture.evaluate(async (element) => {
    const image = element as HTMLImageElement;
    for (let turn = 0; turn < 100; turn += 1) {
      const done = await image.decode().then(
        () => true,
        () => false,
      );
      if (done && image.naturalWidth > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('no picture could be decoded');
  });
}
