/** One colour's table, 8 bits. */
export interface PaletteTable {
  /** Stored value of the first entry. */
  readonly firstMapped: number;
  readonly entries: Uint8Array;
}

/** Red, green and blue tables brought to 8 bits. */
export interface Palette {
  readonly red: PaletteTable;
  readonly green: PaletteTable;
  readonly blue: PaletteTable;
}
