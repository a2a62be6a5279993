package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is taken and committed, against a real broker. */
class InFlightWindowIT extends BrokerHarness {

    @Test
    void committed_offset_never_passes_an_unfinished_record_and_ends_at_the_last_one() throws Exception {
        given(4, 3_000, n -> null);
        try (EnrichingRoute route = route(LIMITS, "", (key, value) -> after(random(40)))) {
            while (topic.committedInAll(group) < 3_000) {
                assertOnlyFinishedOnesAreCommitted(route);
            }

            assertThat(route.started).hasSize(3_000);
        }
        assertThat(topic.read(out)).hasSize(3_000);
    }

    @Test
    void a_record_that_hangs_holds_back_the_commits_of_its_partition_and_nothing_else() throws Exception {
        given(2, 1_000, n -> "k" + n);
        CompletableFuture<Void> release = new CompletableFuture<>();
        AtomicInteger hung = new AtomicInteger();
        try (EnrichingRoute route = route(LIMITS, "", (key, value) -> hung.getAndIncrement() == 0 ? release : after(1))) {
            soon().until(() -> route.finished.size() == 999);
            String first = route.started.peek();
            int partition = Integer.parseInt(first.substring(0, 1));
            soon().until(() -> topic.committed(group).containsKey(1 - partition));
            assertThat(topic.committed(group).getOrDefault(partition, 0L)).isLessThanOrEqualTo(Long.parseLong(first.substring(2)));

            release.complete(null);
            soon().until(() -> topic.committedInAll(group) == 1_000);
        }
    }

    @Test
    void a_partition_too_far_ahead_of_its_hanging_record_waits_alone() throws Exception {
        given(2, 2_000, n -> "k" + n);
        CompletableFuture<Void> release = new CompletableFuture<>();
        AtomicInteger hung = new AtomicInteger();
        WindowLimits near = new WindowLimits(200, 150, 100, Duration.ofSeconds(5), false);
        try (EnrichingRoute route = route(near, "", (key, value) -> hung.getAndIncrement() == 0 ? release : after(1))) {
            soon().until(() -> !route.started.isEmpty());
            String partition = route.started.peek().substring(0, 1);
            long others = topic.read(in).stream().filter(one -> !partition.equals(String.valueOf(one.partition()))).count();
            soon().until(() -> route.finished.keySet().stream().filter(one -> !one.startsWith(partition)).count() == others);

            assertThat(route.started.stream().filter(one -> one.startsWith(partition)).count()).isBetween(100L, 120L);

            release.complete(null);
            soon().until(() -> topic.committedInAll(group) == 2_000);
        }
    }

    @Test
    void an_exchange_that_ends_without_acknowledgement_is_a_hole() throws Exception {
        given(1, 20, n -> null);
        WindowLimits hasty = new WindowLimits(200, 150, 100_000, Duration.ofSeconds(1), false);
        try (EnrichingRoute route = route(hasty, "", (key, value) -> "7".equals(value) ? new CompletableFuture<>() : after(0))) {
            soon().until(() -> route.finished.size() == 19);
            soon().until(() -> topic.committedInAll(group) == 7);
        }
        assertThat(topic.committedInAll(group)).isEqualTo(7);
        assertThat(topic.member(group)).as("left, though Camel had to force the stop").isEqualTo("[]");

        try (EnrichingRoute next = route(LIMITS, "", (key, value) -> after(0))) {
            soon().until(() -> topic.committedInAll(group) == 20);
            assertThat(next.started).hasSize(13);
        }
    }

    @Test
    void records_of_a_key_follow_one_another_under_failures_and_delays() throws Exception {
        given(3, 1_500, n -> n % 10 == 0 ? null : "key-" + ThreadLocalRandom.current().nextInt(50));
        WindowLimits ordered = new WindowLimits(400, 300, 100_000, Duration.ofSeconds(5), true);
        try (EnrichingRoute route = route(ordered, "", (key, value) ->
                random(10) == 0 ? CompletableFuture.failedFuture(new IllegalStateException("a failed try")) : after(random(15)))) {
            soon().until(() -> topic.committedInAll(group) == 1_500);
            assertThat(route.finished).hasSize(1_500);
        }
        Map<String, List<Long>> byKey = new TreeMap<>();
        topic.read(out).stream().filter(one -> one.key() != null).forEach(one -> byKey.computeIfAbsent(one.key(), key -> new ArrayList<>())
                .add(Long.parseLong(one.value().substring(2))));
        assertThat(byKey).hasSize(50).allSatisfy((key, offsets) -> assertThat(offsets).isSorted().doesNotHaveDuplicates());
    }
}
