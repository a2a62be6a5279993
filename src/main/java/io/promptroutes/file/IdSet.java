package io.promptroutes.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The ids seen so far, as the first 16 bytes of their SHA-256: a million take some 34 MB, also while the set grows. Nobody can make up
 * two ids that pass for one, as they could with a faster hash, and so have somebody's prompt taken for a duplicate. Thread-safe.
 */
public final class IdSet {

    /** Each grows on its own, so that there is never a second copy of everything. */
    private static final int PARTS = 64;
    private static final int FIRST_SLOTS = 16;

    private final MessageDigest sha256;
    /** By part; two longs a slot, both 0 where it is free. */
    private final long[][] tables = new long[PARTS][2 * FIRST_SLOTS];
    private final int[] sizes = new int[PARTS];

    public IdSet() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    public synchronized boolean contains(String id) {
        ByteBuffer hash = hash(id);
        long high = hash.getLong();
        long low = hash.getLong() | 1;
        long[] table = tables[(int) (high >>> 58)];
        return table[slot(table, high, low) + 1] != 0;
    }

    private ByteBuffer hash(String id) {
        return ByteBuffer.wrap(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether the id is new. */
    public synchronized boolean add(String id) {
        ByteBuffer hash = hash(id);
        long high = hash.getLong();
        // 0 means a free slot, so one bit of 128 is given up
        long low = hash.getLong() | 1;
        int part = (int) (high >>> 58);
        if (!place(tables[part], high, low)) {
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
        long size = 0;
        for (int partSize : sizes) {
            size += partSize;
        }
        return size;
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
        long bytes = 0;
        for (long[] table : tables) {
            bytes += 8L * table.length;
        }
        return bytes;
    }
}
