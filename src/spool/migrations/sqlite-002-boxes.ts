/**
 * Regions of pixels, as JSON: what was found when an instance was last held, and what a person drew to be blanked. Numbers
 * and words of core/redaction.ts; never text of an image.
 */
export const sqlite002Boxes = `
ALTER TABLE instances ADD COLUMN found_boxes TEXT;
ALTER TABLE instances ADD COLUMN drawn_boxes TEXT;
`;
