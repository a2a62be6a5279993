package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class IdSetTest {

    private static final int MILLION = 1_000_000;

    @Test
    void anIdIsNewOnce() {
        IdSet ids = new IdSet();

        assertThat(ids.add("a")).isTrue();
        assertThat(ids.add("b")).isTrue();
        assertThat(ids.add("a")).isFalse();
        assertThat(ids.add("")).isTrue();
        assertThat(ids.size()).isEqualTo(3);
    }

    @Test
    void aMillionIdsAreToldApartInLessThan48Megabytes() {
        IdSet ids = new IdSet();

        int fresh = 0;
        for (int i = 0; i < MILLION; i++) {
            fresh += ids.add("prompts.jsonl:" + i) ? 1 : 0;
        }
        int again = 0;
        for (int i = 0; i < MILLION; i++) {
            again += ids.add("prompts.jsonl:" + i) ? 1 : 0;
        }

        assertThat(fresh).isEqualTo(MILLION);
        assertThat(again).isZero();
        assertThat(ids.size()).isEqualTo(MILLION);
        // a table that grows is there twice
        assertThat(ids.bytes() + ids.largest()).isLessThan(48_000_000);
        assertThat(ids.largest()).as("half of the smallest region of G1").isLessThan(512 << 10);
    }

    @Test
    void ofManyThreadsOneIsToldThatAnIdIsNew() throws Exception {
        IdSet ids = new IdSet();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                counts.add(threads.submit(() -> {
                    int fresh = 0;
                    for (int i = 0; i < 20_000; i++) {
                        fresh += ids.add("id-" + i) ? 1 : 0;
                    }
                    return fresh;
                }));
            }
            int fresh = 0;
            for (Future<Integer> count : counts) {
                fresh += count.get();
            }

            assertThat(fresh).isEqualTo(20_000);
        } finally {
            threads.shutdownNow();
        }
    }
}
