import type { ComponentChildren, JSX, RefObject } from 'preact';
import { ErrorNotice } from '../ui/notice.tsx';
import type { Picture } from './use-picture.ts';
import type { Size } from './view.ts';

export interface PaneProps {
  readonly title: string;
  /** One sentence: what this picture is. */
  readonly lead: ComponentChildren;
  readonly picture: Picture;
  readonly alt: string;
  readonly size: Size;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  readonly onAspect: (aspect: number) => void;
  /** Said in place of a picture that nobody asked for. */
  readonly instead?: ComponentChildren;
  /** Over the picture. */
  readonly children?: ComponentChildren;
}

/** One of the two pictures, in a frame that scrolls when it is enlarged. */
export function Pane(props: PaneProps): JSX.Element {
  const { title, lead, picture, alt, size, scroller, onScroll, onAspect, instead, children } = props;
  const style = { width: `${size.width}px`, height: `${size.height}px` };
  return (
    <figure class="pane" aria-busy={picture.loading}>
      <figcaption>
        <h3>{title}</h3>
        <p class="hint">{lead}</p>
      </figcaption>
      <ErrorNotice error={picture.error} />
      {instead}
      <div class="pane-scroll" ref={scroller} onScroll={onScroll}>
        <div class={`pane-sheet ${picture.url === undefined ? 'empty-sheet' : ''}`} style={style}>
          {picture.url === undefined ? null : (
            <img
              src={picture.url}
              alt={alt}
              style={style}
              draggable={false}
              onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
                if (naturalWidth > 0 && naturalHeight > 0) onAspect(naturalWidth / naturalHeight);
              }}
            />
          )}
          {children}
        </div>
      </div>
      <p class="pane-wait" role="status">
        {picture.loading ? 'Picture is being made…' : ''}
      </p>
    </figure>
  );
}
