import type { JSX } from 'preact';
import type { RedactionBox } from '../../core/redaction.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data.tsx';
import { Badge, Notice } from '../ui/notice.tsx';
import { isReplaceable, type KnownBoxes } from './box-edit.ts';
import { foundText, framesText, placeText } from './box-words.ts';

/** What the gateway found when it held the instance, and whether the boxes cover it. Never what a text says. */
export function FoundList({
  known,
  uncovered,
  editable,
  onTake,
  onShow,
}: {
  readonly known: KnownBoxes;
  readonly uncovered: readonly RedactionBox[];
  readonly editable: boolean;
  readonly onTake: (box: RedactionBox) => void;
  readonly onShow: (box: RedactionBox) => void;
}): JSX.Element {
  const rows = known.boxes.map((box, index) => ({ box, number: index + 1 }));
  return (
    <>
      {known.boxesLeftOut === 0 ? null : (
        <Notice
          severity="warning"
          title={`${known.boxesLeftOut} more ${known.boxesLeftOut === 1 ? 'place was' : 'places were'} found than can be listed here`}
        >
          <p>Draw boxes over all of the text, or discard the image.</p>
        </Notice>
      )}
      <DataTable
        caption="Places the gateway found"
        rows={rows}
        rowKey={({ number }) => String(number)}
        empty="Nothing is written down. Look at the picture yourself: text may have been missed."
        columns={[
          { title: 'Why', cell: ({ box }) => foundText(box) },
          { title: 'Where', cell: ({ box }) => `${framesText(box)}; ${placeText(box)}` },
          {
            title: 'With your boxes',
            cell: ({ box }) =>
              !isReplaceable(box) ? (
                <Badge tone="neutral">Blanked in any case</Badge>
              ) : uncovered.includes(box) ? (
                <Badge tone="critical">Would leave</Badge>
              ) : (
                <Badge tone="good">Blanked</Badge>
              ),
          },
          {
            title: 'Do',
            cell: ({ box, number }) => (
              <span class="actions">
                <Button kind="quiet" label={`Show place ${number}`} onClick={() => onShow(box)}>
                  Show
                </Button>
                {editable && uncovered.includes(box) ? (
                  <Button
                    kind="quiet"
                    label={`Take over place ${number} as a box`}
                    onClick={() => onTake(box)}
                  >
                    Blank it
                  </Button>
                ) : null}
              </span>
            ),
          },
        ]}
      />
    </>
  );
}
