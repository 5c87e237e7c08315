import { Fragment, type JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { getBlob, postBlob } from '../api/client.ts';
import { useRight } from '../api/session.ts';
import type { Schemas } from '../api/types.ts';
import type { Instance } from '../instances/instance-words.ts';
import { Disclosure } from '../ui/data.tsx';
import { Notice } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';
import { drawnOf, isIn, isReplaceable, knownOf, uncoveredOf } from './box-edit.ts';
import { foundText } from './box-words.ts';
import { BoxesTable } from './boxes-table.tsx';
import { DecisionCard } from './decision-card.tsx';
import type { PaintedBox } from './draw.ts';
import { FoundList } from './found-list.tsx';
import { FrameBar } from './frame-bar.tsx';
import { Pane } from './pane.tsx';
import { ReleaseDialog, RemoveFoundDialog } from './release-dialog.tsx';
import { Stage } from './stage.tsx';
import { Toolbar } from './toolbar.tsx';
import { forgetDraft } from './use-edit.ts';
import { usePicture } from './use-picture.ts';
import { useWorkbench } from './use-workbench.ts';
import { shownSize, sideFor, useRoom, type Zoom } from './view.ts';

/** Rest between the last change of a box and the request for its preview. */
const previewDelayMs = 450;
const frameDelayMs = 120;

/** Before and after side by side, boxes over them, and the decision. */
export function Workbench({
  instance,
  info,
  onActed,
}: {
  readonly instance: Instance;
  readonly info: Schemas['FrameInfo'];
  readonly onActed: () => void;
}): JSX.Element {
  const { id } = instance;
  const key = `${id} ${instance.updatedAt}`;
  const extent = { columns: info.columns, rows: info.rows };
  const known = knownOf(instance);
  const surface = useRef<HTMLDivElement>(null);
  const bench = useWorkbench(key, known, extent, info.frames, surface);
  const { editing, edit, frame, chosen } = bench;
  const mayIdentify = useRight('identify');
  const editable = useRight('operate') && instance.releasable;
  const [zoom, setZoom] = useState<Zoom>('fit');
  const [panning, setPanning] = useState(false);
  const [aspect, setAspect] = useState(info.columns / info.rows);
  const [releasing, setReleasing] = useState(false);
  const before = useRef<HTMLDivElement>(null);
  const after = useRef<HTMLDivElement>(null);
  const room = useRoom(before);
  const size = shownSize(zoom, extent, aspect, room);
  const maxSide = sideFor(size, globalThis.devicePixelRatio || 1, extent);

  const boxes = drawnOf(edit);
  const previews = mayIdentify && instance.state === 'held';
  const path = { id, frame };
  const received = usePicture(
    mayIdentify
      ? (signal) =>
          getBlob('/api/instances/{id}/original/frames/{frame}', { path, query: { maxSide }, signal })
      : undefined,
    `${key} ${frame} ${maxSide}`,
    frameDelayMs,
  );
  const leaving = usePicture(
    (signal) =>
      previews
        ? postBlob('/api/instances/{id}/frames/{frame}/preview', {
            path,
            query: { maxSide },
            body: { boxes },
            signal,
          })
        : getBlob('/api/instances/{id}/frames/{frame}', { path, query: { maxSide }, signal }),
    `${key} ${frame} ${maxSide} ${previews ? JSON.stringify(boxes) : ''}`,
    previews ? previewDelayMs : frameDelayMs,
  );

  /** What is held has no picture that could leave: that is why it is held, and no failure. */
  const withheld = leaving.error?.code !== undefined && leaving.error.code === instance.code;

  const uncovered = uncoveredOf(known, edit);
  const here = edit.boxes
    .map((box, index) => ({ box, number: index + 1 }))
    .filter(({ box }) => isIn(box, frame));
  const others = instance.boxes
    .filter((box) => isIn(box, frame) && (!isReplaceable(box) || uncovered.includes(box)))
    .map((area): PaintedBox => ({ area, kind: isReplaceable(area) ? 'uncovered' : 'fixed' }));
  const marked = [
    ...new Set([...edit.boxes.map((box) => box.frame ?? 1), ...instance.boxes.map((box) => box.frame)]),
  ].sort((a, b) => a - b);
  const follow = (from: typeof before, to: typeof before) => (): void => {
    if (from.current === null || to.current === null) return;
    to.current.scrollTo(from.current.scrollLeft, from.current.scrollTop);
  };
  const stage = (
    <Stage
      extent={extent}
      size={size}
      frame={frame}
      boxes={here}
      others={others}
      chosen={chosen}
      editable={editable}
      panning={panning && zoom !== 'fit'}
      onChoose={bench.choose}
      onDraw={bench.draw}
      onArea={bench.setArea}
      onGestureEnd={editing.endGesture}
      onKey={bench.press}
      onPan={(dx, dy) => (mayIdentify ? before : after).current?.scrollBy(dx, dy)}
    />
  );
  const pane = { size, onAspect: setAspect };
  return (
    <>
      <DecisionCard
        instance={instance}
        boxes={edit.boxes.length}
        unused={instance.drawnBoxes === null || editing.changed ? edit.boxes.length : 0}
        onRelease={() => setReleasing(true)}
        onActed={onActed}
      />
      <Card class="review-card" title="Pictures">
        <Toolbar
          editing={editing}
          editable={editable}
          frames={info.frames}
          scope={bench.scope}
          onScope={bench.setScope}
          onNew={bench.drawInTheMiddle}
          zoom={zoom}
          onZoom={setZoom}
          panning={panning}
          onPanning={setPanning}
        />
        <div class="panes" ref={surface}>
          <Pane
            {...pane}
            title="As received"
            lead={
              editable && mayIdentify
                ? 'Draw boxes here over what is to be blanked.'
                : 'What came from the sender.'
            }
            picture={received}
            alt={`Frame ${frame} as received`}
            scroller={before}
            onScroll={follow(before, after)}
            instead={mayIdentify ? null : <NoIdentify />}
          >
            {mayIdentify ? stage : null}
          </Pane>
          <Pane
            {...pane}
            title="As it would leave"
            lead={
              previews
                ? 'With these boxes blanked. Nothing is changed before you release.'
                : 'De-identified and blanked as the profile says.'
            }
            picture={withheld ? { ...leaving, error: undefined } : leaving}
            instead={withheld ? <Withheld /> : null}
            alt={`Frame ${frame} as it would leave`}
            scroller={after}
            onScroll={follow(after, before)}
          >
            {mayIdentify ? null : stage}
          </Pane>
        </div>
        <FrameBar frame={frame} frames={info.frames} marked={marked} onFrame={bench.turnTo} />
        <Legend />
        {editable ? <Keys /> : null}
        <p class="visually-hidden" role="status">
          {bench.told}
        </p>
      </Card>
      <Card title={`Boxes to blank (${edit.boxes.length})`}>
        <BoxesTable
          boxes={edit.boxes}
          extent={extent}
          frames={info.frames}
          frame={frame}
          chosen={chosen}
          editable={editable}
          onChoose={bench.chooseAndShow}
          onArea={bench.setArea}
          onFrames={bench.setFrames}
          onRemove={bench.remove}
        />
      </Card>
      <Card title={`What the gateway found (${instance.boxes.length + instance.boxesLeftOut})`}>
        <FoundList
          known={known}
          uncovered={uncovered}
          editable={editable}
          onTake={bench.takeFound}
          onShow={bench.show}
        />
      </Card>
      {bench.doubtful?.found === undefined || bench.doubtful.found === null ? null : (
        <RemoveFoundDialog what={foundText(bench.doubtful.found)} onClose={bench.answerDoubt} />
      )}
      {releasing ? (
        <ReleaseDialog
          id={id}
          known={known}
          edit={edit}
          onClose={(released) => {
            setReleasing(false);
            if (!released) return;
            forgetDraft(key);
            onActed();
          }}
        />
      ) : null}
    </>
  );
}

function NoIdentify(): JSX.Element {
  return (
    <Notice severity="info" title="You may not see this picture">
      <p>
        What was received can show who the patient is. It is shown to people with the right <b>identify</b>,
        which your token does not have. A gateway administrator can make one that has it.
      </p>
    </Notice>
  );
}

function Withheld(): JSX.Element {
  return (
    <Notice severity="info" title="There is no picture yet that could leave">
      <p>
        The image is held for the reason above. What a release with boxes would let leave is shown to people
        with the right <b>identify</b>.
      </p>
    </Notice>
  );
}

function Keys(): JSX.Element {
  const keys: readonly (readonly [string, string])[] = [
    ['Tab', 'to the picture and through its boxes'],
    ['N', 'a new box in the middle'],
    ['Arrows', 'move the box by a pixel, with Ctrl by ten'],
    ['Shift + arrows', 'make it larger or smaller'],
    ['Delete', 'remove it'],
    ['Ctrl + Z, Ctrl + Y', 'undo, redo'],
    ['Page up, page down', 'turn frames'],
  ];
  return (
    <Disclosure summary="Without a mouse">
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <Fragment key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </Fragment>
        ))}
      </dl>
    </Disclosure>
  );
}

function Legend(): JSX.Element {
  return (
    <ul class="legend">
      <li class="drawn">drawn by you</li>
      <li class="found">found, and blanked</li>
      <li class="uncovered">found, and would leave</li>
      <li class="fixed">blanked in any case</li>
    </ul>
  );
}
