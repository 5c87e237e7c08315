import type { JSX } from 'preact';
import { Button } from '../ui/button.tsx';
import type { Editing } from './use-edit.ts';
import { type Zoom, zooms, zoomTexts } from './view.ts';

/** Where a box that is drawn next is to be. */
export type NewScope = 'all' | 'this';

/** What can be done over the pictures, for those who use no keys. */
export function Toolbar({
  editing,
  editable,
  frames,
  scope,
  onScope,
  onNew,
  zoom,
  onZoom,
  panning,
  onPanning,
}: {
  readonly editing: Editing;
  readonly editable: boolean;
  readonly frames: number;
  readonly scope: NewScope;
  readonly onScope: (scope: NewScope) => void;
  readonly onNew: () => void;
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
  readonly panning: boolean;
  readonly onPanning: (panning: boolean) => void;
}): JSX.Element {
  return (
    <div class="toolbar" role="toolbar" aria-label="Boxes and view">
      {editable ? (
        <>
          <Button onClick={onNew}>New box</Button>
          {frames === 1 ? null : (
            <label class="inline">
              New boxes in
              <select
                value={scope}
                onChange={(event) => onScope(event.currentTarget.value === 'this' ? 'this' : 'all')}
              >
                <option value="all">all frames</option>
                <option value="this">the frame shown</option>
              </select>
            </label>
          )}
          <Button disabled={!editing.canUndo} onClick={editing.undo}>
            Undo
          </Button>
          <Button disabled={!editing.canRedo} onClick={editing.redo}>
            Redo
          </Button>
          <Button disabled={!editing.changed} onClick={editing.reset}>
            Start again
          </Button>
        </>
      ) : null}
      <span class="toolbar-end">
        {zoom === 'fit' || !editable ? null : (
          <label class="inline">
            <input
              type="checkbox"
              checked={panning}
              onChange={(event) => onPanning(event.currentTarget.checked)}
            />
            Drag moves the picture
          </label>
        )}
        <label class="inline">
          Size
          <select
            value={zoom}
            onChange={(event) => onZoom(zooms.find((one) => one === event.currentTarget.value) ?? 'fit')}
          >
            {zooms.map((one) => (
              <option key={one} value={one}>
                {zoomTexts[one]}
              </option>
            ))}
          </select>
        </label>
      </span>
    </div>
  );
}
