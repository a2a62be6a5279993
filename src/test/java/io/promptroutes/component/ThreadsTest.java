package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** Camel's own profile refuses or misplaces what is more than 1,000. */
class ThreadsTest {

    private static final int MANY = 5_000;

    @Test
    void allThatWaitsComesToItsTurnOnThreadsOfThePool() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.start();
            ScheduledExecutorService timer = Threads.timer(camel, this, "again");
            ExecutorService pool = Threads.pool(camel, this, "work", 2);
            Thread caller = Thread.currentThread();
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(2 * MANY);
            for (int i = 0; i < MANY; i++) {
                timer.schedule(done::countDown, 50, TimeUnit.MILLISECONDS);
                pool.execute(() -> {
                    assertThat(Thread.currentThread()).isNotSameAs(caller);
                    try {
                        go.await();
                        done.countDown();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            go.countDown();
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
