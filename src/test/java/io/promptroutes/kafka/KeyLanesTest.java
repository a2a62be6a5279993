package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KeyLanesTest {

    private final AtomicInteger inFlight = new AtomicInteger();
    private final PartitionWindow window = new PartitionWindow(new TopicPartition("prompts", 0), inFlight);
    private final List<Long> turns = new ArrayList<>();
    private long offset;

    @Test
    void records_of_a_key_have_their_turn_one_after_the_other() {
        Acknowledgement first = taken("a");
        Acknowledgement second = taken("a");
        Acknowledgement third = taken("a");
        assertThat(turns).containsExactly(0L);

        first.done();
        assertThat(turns).containsExactly(0L, 1L);
        second.done();
        third.done();
        assertThat(turns).containsExactly(0L, 1L, 2L);
        taken("a");
        assertThat(turns).endsWith(3L);
    }

    @Test
    void other_keys_and_records_without_a_key_do_not_wait() {
        taken("a");
        taken("b");
        taken(null);
        taken(null);

        assertThat(turns).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void a_record_done_out_of_turn_is_passed_over() {
        Acknowledgement first = taken("a");
        Acknowledgement second = taken("a");
        taken("a");
        second.done();
        assertThat(turns).containsExactly(0L);

        first.done();
        assertThat(turns).containsExactly(0L, 2L);
    }

    @Test
    void records_dropped_by_a_seek_do_not_block_those_that_come_again() {
        Acknowledgement first = taken("a");
        taken("a");
        taken("a");
        window.rewind(1);
        assertThat(turns).as("woken, to find that they may not start").containsExactlyInAnyOrder(0L, 1L, 2L);
        offset = 1;
        turns.clear();
        taken("a");
        assertThat(turns).isEmpty();

        first.done();
        assertThat(turns).containsExactly(1L);
    }

    @Test
    void when_the_partition_goes_whatever_waits_is_woken_and_may_not_start() {
        taken("a");
        Acknowledgement second = taken("a");
        window.leave();

        assertThat(turns).containsExactly(0L, 1L);
        assertThat(second.mayStart()).isFalse();
    }

    @Test
    void two_records_of_a_key_never_run_at_once_on_many_threads() throws Exception {
        int records = 20_000;
        int keys = 7;
        AtomicIntegerArray running = new AtomicIntegerArray(keys);
        AtomicInteger clashes = new AtomicInteger();
        AtomicIntegerArray last = new AtomicIntegerArray(keys);
        CountDownLatch all = new CountDownLatch(records);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int n = 0; n < records; n++) {
            int key = n % keys;
            int place = n;
            window.take(n, key, Instant.EPOCH);
            Acknowledgement record = window.claim(n);
            Runnable run = () -> threads.execute(() -> {
                if (running.incrementAndGet(key) > 1 || last.getAndSet(key, place) > place) {
                    clashes.incrementAndGet();
                }
                running.decrementAndGet(key);
                record.done();
                all.countDown();
            });
            if (!record.awaitTurn(run)) {
                run.run();
            }
        }

        assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
        threads.shutdown();
        assertThat(clashes).hasValue(0);
        assertThat(inFlight).hasValue(0);
        assertThat(window.toCommit()).isEqualTo(records);
    }

    private Acknowledgement taken(Object key) {
        long at = offset++;
        window.take(at, key, Instant.EPOCH);
        Acknowledgement record = window.claim(at);
        Runnable turn = () -> turns.add(at);
        if (!record.awaitTurn(turn)) {
            turn.run();
        }
        return record;
    }
}
