package io.promptroutes.file;

import java.util.Arrays;
import java.util.function.Function;

/**
 * The ids seen so far, as their hashes: a million take some 34 MB, also while the set grows. Nobody can have somebody's prompt taken for a
 * duplicate by making up an id. Thread-safe.
 */
public final class IdSet {

    /** Each grows on its own, so that there is never a second copy of everything. There are so many that each stays small: G1 gives a large object up to twice its room. */
    private static final int PARTS = 1_024;
    /** What a part begins with: one slot, which stays free. */
    private static final long[] NONE = new long[2];

    private final Function<String, IdHash> hashes = IdHash.sha256();
    /** By part; two longs a slot, both 0 where it is free. */
    private final long[][] tables = new long[PARTS][];
    private final int[] sizes = new int[PARTS];

    public IdSet() {
        Arrays.fill(tables, NONE);
    }

    private static int part(IdHash hash) {
        return (int) (hash.high() >>> 54);
    }

    public synchronized boolean contains(String id) {
        IdHash hash = hashes.apply(id);
        long[] table = tables[part(hash)];
        return table[slot(table, hash.high(), hash.low()) + 1] != 0;
    }

    /** Whether the id is new. */
    public synchronized boolean add(String id) {
        IdHash hash = hashes.apply(id);
        int part = part(hash);
        // three quarters full
        if ((sizes[part] + 1) * 8L > tables[part].length * 3L) {
            tables[part] = grown(tables[part]);
        }
        if (!place(tables[part], hash.high(), hash.low())) {
            return false;
        }
        sizes[part]++;
        return true;
    }

    public synchronized long size() {
        return Arrays.stream(sizes).sum();
    }

    private static long[] grown(long[] table) {
        long[] larger = new long[table.length * 2];
        for (int i = 0; i < table.length; i += 2) {
            if (table[i + 1] != 0) {
                place(larger, table[i], table[i + 1]);
            }
        }
        return larger;
    }

    private static boolean place(long[] table, long high, long low) {
        int i = slot(table, high, low);
        if (table[i + 1] != 0) {
            return false;
        }
        table[i] = high;
        table[i + 1] = low;
        return true;
    }

    /** Where the hash is, or the free slot where it belongs. */
    private static int slot(long[] table, long high, long low) {
        // bits of high that do not choose the part; doubled, because a slot is two longs
        int mask = table.length - 2;
        int i = (int) (high << 1) & mask;
        while (table[i + 1] != 0 && (table[i] != high || table[i + 1] != low)) {
            i = (i + 2) & mask;
        }
        return i;
    }

    /** Bytes of the tables. */
    synchronized long bytes() {
        return Arrays.stream(tables).mapToLong(table -> 8L * table.length).sum();
    }

    /** Of the largest table. */
    synchronized long largest() {
        return Arrays.stream(tables).mapToLong(table -> 8L * table.length).max().orElse(0);
    }
}
