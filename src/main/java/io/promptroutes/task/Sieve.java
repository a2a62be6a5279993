package io.promptroutes.task;

import java.util.BitSet;
import java.util.Collection;

/**
 * Says at once of most texts that they are not in a table. Most words of a prompt are in none, and a look-up in a large map fetches an entry
 * from memory before it can say so; these bits stay in the processor's cache. Immutable.
 */
final class Sieve {

    private static final int BITS = 1 << 18;

    private final BitSet bits = new BitSet(BITS);

    Sieve(Collection<String> texts) {
        texts.forEach(text -> bits.set(bit(text)));
    }

    /** False: the table does not have it. True: it may have it. */
    boolean lets(String text) {
        return bits.get(bit(text));
    }

    private static int bit(String text) {
        int hash = text.hashCode() * 0x9E3779B9;
        return hash >>> 14;
    }
}
