/** A rectangle in percent of the whole. */
export type Tile<Item> = Readonly<{ item: Item; left: number; top: number; width: number; height: number }>;

type Box = Readonly<{ left: number; top: number; width: number; height: number }>;
type Sized<Item> = Readonly<{ item: Item; area: number }>;

/**
 * Tiles whose areas are in proportion to `sizeOf`, as square as can be. `items`: largest first. `aspect`: width of
 * the whole divided by its height. Source: Bruls, Huizing, van Wijk, "Squarified Treemaps", 2000.
 */
export function treemap<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  aspect: number,
): readonly Tile<Item>[] {
  const total = items.reduce((sum, item) => sum + sizeOf(item), 0);
  const whole = 100 * 100 * aspect;
  const rest: Sized<Item>[] = items.map((item) => ({ item, area: (sizeOf(item) / total) * whole }));
  const tiles: Tile<Item>[] = [];
  let box: Box = { left: 0, top: 0, width: 100 * aspect, height: 100 };
  while (rest.length > 0) {
    const row = nextRow(rest, Math.min(box.width, box.height));
    rest.splice(0, row.length);
    const placed = place(row, box);
    tiles.push(...placed.tiles);
    box = placed.rest;
  }
  return tiles.map((tile) => ({ ...tile, left: tile.left / aspect, width: tile.width / aspect }));
}

/** As many as make the worst tile of the row no longer and thinner. */
function nextRow<Item>(items: readonly Sized<Item>[], side: number): readonly Sized<Item>[] {
  let size = 1;
  while (size < items.length && worst(items.slice(0, size + 1), side) <= worst(items.slice(0, size), side)) size += 1;
  return items.slice(0, size);
}

function worst<Item>(row: readonly Sized<Item>[], side: number): number {
  const areas = row.map(({ area }) => area);
  const sum = areas.reduce((total, area) => total + area, 0);
  const square = side * side;
  return Math.max((square * Math.max(...areas)) / (sum * sum), (sum * sum) / (square * Math.min(...areas)));
}

function place<Item>(row: readonly Sized<Item>[], box: Box): Readonly<{ tiles: readonly Tile<Item>[]; rest: Box }> {
  const sum = row.reduce((total, { area }) => total + area, 0);
  const isColumn = box.width >= box.height;
  const thickness = sum / (isColumn ? box.height : box.width);
  let offset = 0;
  const tiles = row.map(({ item, area }): Tile<Item> => {
    const length = area / thickness;
    const at = offset;
    offset += length;
    return isColumn
      ? { item, left: box.left, top: box.top + at, width: thickness, height: length }
      : { item, left: box.left + at, top: box.top, width: length, height: thickness };
  });
  const rest = isColumn
    ? { ...box, left: box.left + thickness, width: box.width - thickness }
    : { ...box, top: box.top + thickness, height: box.height - thickness };
  return { tiles, rest };
}
