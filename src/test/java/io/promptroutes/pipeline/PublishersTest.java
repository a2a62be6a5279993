package io.promptroutes.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublishersTest {

    private static final int MOST = 4;

    private final Publishers publishers = new Publishers(MOST);
    private final CountDownLatch blocked = new CountDownLatch(1);

    @AfterEach
    void end() {
        blocked.countDown();
        publishers.close();
    }

    private void block() {
        try {
            blocked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aTaskThatBlocksHoldsUpNoOtherForLong() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        for (int i = 1; i < MOST; i++) {
            publishers.execute(this::block);
        }
        for (int i = 0; i < 100; i++) {
            publishers.execute(() -> threads.add(Thread.currentThread().getName()));
        }
        await().untilAsserted(() -> assertThat(threads).hasSize(1));
    }

    @Test
    void noMoreThreadsThanThereMayBeAreUsedAndNothingIsLost() {
        Set<Thread> blocking = ConcurrentHashMap.newKeySet();
        List<Integer> done = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2 * MOST; i++) {
            publishers.execute(() -> {
                blocking.add(Thread.currentThread());
                block();
                done.add(0);
            });
        }
        await().untilAsserted(() -> assertThat(blocking).hasSize(MOST));
        publishers.execute(() -> done.add(1));
        blocked.countDown();
        await().untilAsserted(() -> assertThat(done).hasSize(2 * MOST + 1).contains(1));
        assertThat(blocking).hasSize(MOST);
    }

    @Test
    void aTaskThatFailsEndsNoThread() {
        List<Integer> done = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2 * MOST; i++) {
            publishers.execute(() -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> { });
                throw new IllegalStateException();
            });
        }
        publishers.execute(() -> done.add(1));
        await().untilAsserted(() -> assertThat(done).containsExactly(1));
    }

    @Test
    void whatWasTakenIsDoneAfterTheEndAndNothingElse() {
        List<Integer> done = new CopyOnWriteArrayList<>();
        publishers.execute(this::block);
        IntStream.range(0, 100).forEach(i -> publishers.execute(() -> done.add(i)));
        publishers.close();
        assertThatThrownBy(() -> publishers.execute(() -> done.add(-1))).isInstanceOf(RejectedExecutionException.class);
        blocked.countDown();
        await().untilAsserted(() -> assertThat(done).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100).boxed().toList()));
    }
}
