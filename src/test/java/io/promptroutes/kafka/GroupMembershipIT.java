package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** How the window behaves as a member of a consumer group, against a real broker. */
class GroupMembershipIT extends BrokerHarness {

    @Test
    void polling_goes_on_while_records_take_longer_than_the_poll_interval() throws Exception {
        given(1, 60, n -> null);
        CompletableFuture<Void> release = new CompletableFuture<>();
        WindowLimits small = new WindowLimits(20, 10, 100, Duration.ofMillis(200), false);
        String impatient = "&additionalProperties.max.poll.interval.ms=1500&sessionTimeoutMs=1400&heartbeatIntervalMs=300";
        try (EnrichingRoute route = route(small, impatient, (key, value) -> release)) {
            soon().until(() -> route.started.size() >= 19);
            String member = topic.member(group);
            await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);

            assertThat(route.window.state().holding()).isTrue();
            assertThat(route.window.state().oldestAge(Instant.now())).hasValueSatisfying(
                    age -> assertThat(age).isGreaterThan(Duration.ofSeconds(2)));
            assertThat(topic.member(group)).isEqualTo(member);
            assertThat(route.started).hasSizeLessThanOrEqualTo(20);

            release.complete(null);
            soon().until(() -> topic.committedInAll(group) == 60);
            assertThat(route.started).doesNotHaveDuplicates().hasSize(60);
        }
    }

    @Test
    void a_second_consumer_joins_and_leaves_and_nothing_is_lost_or_repeated() throws Exception {
        given(6, 1_000, n -> "k" + n);
        List<String> started = new ArrayList<>();
        try (EnrichingRoute route = route(LIMITS, "&heartbeatIntervalMs=200", (key, value) -> after(200 + random(300)))) {
            soon().until(() -> route.finished.size() > 300);
            EnrichingRoute second = route(LIMITS, "&heartbeatIntervalMs=200", (key, value) -> after(200 + random(300)));
            soon().until(() -> topic.partitionsOfMembers(group).equals(List.of(3, 3)));
            topic.fill(in, 3_000, n -> "k" + n); // else the first may be done with all before the second has its share
            soon().until(() -> second.finished.size() > 100);
            assertOnlyFinishedOnesAreCommitted(route, second);
            second.close();
            started.addAll(second.started);
            soon().until(() -> topic.committedInAll(group) == 4_000);
            started.addAll(route.started);
        }
        assertThat(topic.read(out).stream().map(ConsumerRecord::value)).doesNotHaveDuplicates().hasSize(4_000);
        assertThat(started).doesNotHaveDuplicates();
    }

    @Test
    void intake_pauses_without_leaving_the_group_and_goes_on() throws Exception {
        given(2, 50, n -> "k" + n);
        try (EnrichingRoute route = route(LIMITS, "", (key, value) -> after(1))) {
            soon().until(() -> topic.committedInAll(group) == 50);
            route.mayTake.set(false);
            soon().until(() -> route.window.state().holding());
            String member = topic.member(group);
            topic.fill(in, 50, n -> "k" + n);
            await().pollDelay(Duration.ofMillis(700)).until(() -> true);
            assertThat(route.started).hasSize(50);
            assertThat(topic.member(group)).isEqualTo(member);

            route.mayTake.set(true);
            soon().until(() -> topic.committedInAll(group) == 100);
            assertThat(route.started).doesNotHaveDuplicates();
        }
    }

    @Test
    void a_suspended_route_takes_up_again_what_was_in_flight() throws Exception {
        given(1, 300, n -> null);
        try (EnrichingRoute route = route(new WindowLimits(50, 40, 1_000, Duration.ofSeconds(5), false), "", (key, value) -> after(100))) {
            soon().until(() -> route.started.size() > 60);
            route.camel.getRouteController().suspendRoute("intake");
            route.camel.getRouteController().resumeRoute("intake");

            soon().until(() -> topic.committedInAll(group) == 300);
            assertThat(new HashSet<>(route.started)).hasSize(300);
        }
    }

    @Test
    void a_stop_finishes_what_runs_and_leaves_the_rest_to_the_next_instance() throws Exception {
        given(2, 400, n -> "k" + n % 20);
        WindowLimits ordered = new WindowLimits(200, 150, 1_000, Duration.ofSeconds(5), true);
        EnrichingRoute route = route(ordered, "", (key, value) -> after(200));
        soon().until(() -> route.finished.size() > 20);
        long before = System.nanoTime();
        route.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(6));
        assertOnlyFinishedOnesAreCommitted(route);
        long parked = 400 - new HashSet<>(route.started).size();
        assertThat(parked).isPositive();

        try (EnrichingRoute next = route(ordered, "", (key, value) -> after(1))) {
            soon().until(() -> topic.committedInAll(group) == 400);
            assertThat(next.started).hasSizeLessThan(400);
        }
    }
}
