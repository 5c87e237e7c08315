import { fileURLToPath } from 'node:url';

/** A profile under which images that may carry text are held, as they were before the gateway blanked text itself. */
export const holdProfile = fileURLToPath(new URL('./hold.yaml', import.meta.url));
