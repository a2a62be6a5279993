package io.promptroutes.ledger;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Bytes of SQLite's write-ahead log, and what a moment between two of them may leave. Immutable. */
record LogFile(byte[] bytes) {

    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;
    /** Where page size and salt stand. */
    private static final int PAGE_SIZE_AT = 8;
    private static final int SALT_AT = 16;
    private static final int SECTOR = 512;

    /** Without the frames of an earlier round, which stand behind those of this one. */
    int used() {
        if (bytes.length < HEADER) {
            return 0;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int frame = FRAME_HEADER + buffer.getInt(PAGE_SIZE_AT);
        long salt = buffer.getLong(SALT_AT);
        int end = HEADER;
        while (end + frame <= bytes.length && buffer.getLong(end + Long.BYTES) == salt) {
            end += frame;
        }
        return end;
    }

    /** Whether the log was begun anew since {@code earlier}: all that it held was in the database. */
    private boolean anew(LogFile earlier) {
        return bytes.length < HEADER || earlier.bytes.length < HEADER
                || ByteBuffer.wrap(bytes).getLong(SALT_AT) != ByteBuffer.wrap(earlier.bytes).getLong(SALT_AT);
    }

    /** On the way from {@code earlier}, which has reached the disk, to this one. */
    byte[] torn(LogFile earlier, Random random) {
        int from = anew(earlier) ? 0 : earlier.used();
        int to = Math.max(from, used());
        int cut = from + random.nextInt(to - from + 1);
        return switch (random.nextInt(3)) {
            case 0 -> Arrays.copyOf(bytes, cut); // a power cut: the file's new length was not kept
            case 1 -> beginning(earlier, cut); // a kill between two writes
            default -> sectors(earlier, from, random); // a power cut: they reach the disk in any order
        };
    }

    private byte[] beginning(LogFile earlier, int cut) {
        byte[] torn = Arrays.copyOf(earlier.bytes, Math.max(cut, earlier.bytes.length));
        System.arraycopy(bytes, 0, torn, 0, cut);
        return torn;
    }

    private byte[] sectors(LogFile earlier, int from, Random random) {
        byte[] torn = sectors(earlier.bytes, bytes, random);
        System.arraycopy(bytes, 0, torn, 0, from);
        return torn;
    }

    /** Each of a file's sectors as it was or as it is; where it was shorter, zeros. */
    static byte[] sectors(byte[] earlier, byte[] later, Random random) {
        byte[] mixed = Arrays.copyOf(earlier, later.length);
        for (int sector = 0; sector < later.length; sector += SECTOR) {
            if (random.nextBoolean()) {
                System.arraycopy(later, sector, mixed, sector, Math.min(SECTOR, later.length - sector));
            }
        }
        return mixed;
    }
}
