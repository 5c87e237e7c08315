import type { Area } from '../picture.ts';
import type { Component } from './components.ts';

/** Points, accents, dashes and characters that touch or differ in height are this far from the rest, in heights. */
const gap = 1.6;
const above = 0.4;
const furthest = 4;
const cell = 64;
const gridWidth = 65_536;

/** Components by the squares of 64 pixels that they lie in. */
export type ComponentGrid = ReadonlyMap<number, readonly Component[]>;

/** More in one square is texture: no part of a line. */
const mostInCell = 250;

export function componentGrid(components: readonly Component[]): ComponentGrid {
  const grid = new Map<number, Component[]>();
  for (const component of components) {
    const { left, top, width, height } = component;
    for (let row = Math.floor(top / cell); row <= Math.floor((top + height - 1) / cell); row++) {
      for (let column = Math.floor(left / cell); column <= Math.floor((left + width - 1) / cell); column++) {
        const list = grid.get(row * gridWidth + column);
        if (list === undefined) grid.set(row * gridWidth + column, [component]);
        else if (list.length <= mostInCell) list.push(component);
      }
    }
  }
  return grid;
}

interface Span {
  start: number;
  end: number;
  top: number;
  bottom: number;
}

/**
 * The rectangle of a line with the ink that belongs to it and is no character by itself or was left out for its height: what
 * stands in the band of the line, or just above or below it, and follows closely. It grows by no more than four heights at
 * either end.
 */
export function wholeLine(line: Area, size: number, direction: 'row' | 'column', grid: ComponentGrid): Area {
  const isRow = direction === 'row';
  const span = spanOf(line, isRow);
  const band = { top: span.top - above * size, bottom: span.bottom + above * size };
  const ends = { start: span.start - furthest * size, end: span.end + furthest * size };
  const near = componentsIn(
    isRow ? { ...ends, ...band } : { start: band.top, end: band.bottom, top: ends.start, bottom: ends.end },
    grid,
  )
    .map((component) => spanOf(component, isRow))
    .filter(
      (part) =>
        part.top >= band.top &&
        part.bottom <= band.bottom &&
        part.start >= ends.start &&
        part.end <= ends.end &&
        part.end - part.start <= 3 * size,
    );
  near.sort((a, b) => a.start - b.start);
  for (const part of near) {
    if (part.start > span.end + gap * size) break;
    if (part.end > span.start - gap * size) grow(span, part);
  }
  near.sort((a, b) => b.end - a.end);
  for (const part of near) {
    if (part.end < span.start - gap * size) break;
    if (part.start < span.end + gap * size) grow(span, part);
  }
  return isRow
    ? { left: span.start, top: span.top, width: span.end - span.start, height: span.bottom - span.top }
    : { left: span.top, top: span.start, width: span.bottom - span.top, height: span.end - span.start };
}

function grow(span: Span, part: Span): void {
  span.start = Math.min(span.start, part.start);
  span.end = Math.max(span.end, part.end);
  span.top = Math.min(span.top, part.top);
  span.bottom = Math.max(span.bottom, part.bottom);
}

function spanOf({ left, top, width, height }: Area, isRow: boolean): Span {
  return isRow
    ? { start: left, end: left + width, top, bottom: top + height }
    : { start: top, end: top + height, top: left, bottom: left + width };
}

function componentsIn({ start, end, top, bottom }: Span, grid: ComponentGrid): Component[] {
  const found = new Set<Component>();
  for (let row = Math.max(0, Math.floor(top / cell)); row <= Math.floor(bottom / cell); row++) {
    for (let column = Math.max(0, Math.floor(start / cell)); column <= Math.floor(end / cell); column++) {
      const list = grid.get(row * gridWidth + column);
      if (list !== undefined && list.length <= mostInCell) for (const component of list) found.add(component);
    }
  }
  return [...found];
}
