package io.promptroutes.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.commons.lang3.function.Failable;

/**
 * The ids seen so far, as the first 16 bytes of their SHA-256: a million take some 34 MB, also while the set grows. Nobody can make up
 * two ids that pass for one, as they could with a faster hash, and so have somebody's prompt taken for a duplicate. Thread-safe.
 */
public final class IdSet {

    /** Each grows on its own, so that there is never a second copy of everything. */
    private static final int PARTS = 64;
    private static final int FIRST_SLOTS = 16;

    private final MessageDigest sha256 = Failable.get(() -> MessageDigest.getInstance("SHA-256"));
    /** By part; two longs a slot, both 0 where it is free. */
    private final long[][] tables = new long[PARTS][2 * FIRST_SLOTS];
    private final int[] sizes = new int[PARTS];

    private record Hash(long high, long low) {

        int part() {
            return (int) (high >>> 58);
        }
    }

    private Hash hash(String id) {
        ByteBuffer hash = ByteBuffer.wrap(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
        // 0 means a free slot, so one bit of 128 is given up
        return new Hash(hash.getLong(), hash.getLong() | 1);
    }

    public synchronized boolean contains(String id) {
        Hash hash = hash(id);
        long[] table = tables[hash.part()];
        return table[slot(table, hash.high, hash.low) + 1] != 0;
    }

    /** Whether the id is new. */
    public synchronized boolean add(String id) {
        Hash hash = hash(id);
        int part = hash.part();
        if (!place(tables[part], hash.high, hash.low)) {
            return false;
        }
        sizes[part]++;
        // three quarters full
        if (sizes[part] * 8L > tables[part].length * 3L) {
            tables[part] = grown(tables[part]);
        }
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
}
