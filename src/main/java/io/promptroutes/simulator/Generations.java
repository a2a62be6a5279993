package io.promptroutes.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Names generations and remembers them: all of them while recording, else the latest ones. Event loop only. */
final class Generations {

    private static final int KEPT = 10_000;
    private static final int ID_LETTERS = 20;
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final Map<String, Generation> byId = new LinkedHashMap<>();
    // not the seeded one: ids of two runs must differ
    private final SplittableRandom random = new SplittableRandom();

    /** {@code gen-}, the second, and 20 letters. */
    String newId(long epochSecond) {
        StringBuilder id = new StringBuilder(40).append("gen-").append(epochSecond).append('-');
        for (int i = 0; i < ID_LETTERS; i++) {
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return id.toString();
    }

    void add(Generation generation, boolean keepAll) {
        byId.put(generation.id(), generation);
        if (!keepAll && byId.size() > KEPT) {
            byId.remove(byId.keySet().iterator().next());
        }
    }

    /** Null where there is none. */
    Generation find(String id) {
        return byId.get(id);
    }
}
