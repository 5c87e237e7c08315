export interface ProsePart {
  readonly kind: 'text' | 'code' | 'strong';
  readonly text: string;
}

/** Paragraphs of a description, each in parts: `code`, **strong** and the rest. Nothing else of Markdown is used in the contract. */
export function prose(description: string): readonly (readonly ProsePart[])[] {
  return description
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) =>
      paragraph
        .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
        .filter((part) => part !== '')
        .map((part): ProsePart => {
          if (part.startsWith('`')) return { kind: 'code', text: part.slice(1, -1) };
          if (part.startsWith('**')) return { kind: 'strong', text: part.slice(2, -2) };
          return { kind: 'text', text: part };
        }),
    );
}
