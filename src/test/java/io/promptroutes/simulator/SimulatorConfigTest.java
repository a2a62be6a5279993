package io.promptroutes.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.settings.UsageException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulatorConfigTest {

    @Test
    void hasADefaultForEverything() {
        SimulatorConfig config = Simulated.by(Map.of("prompts.concurrency", "5", "simulator.key", ""));

        assertThat(config.port()).isZero();
        assertThat(config.padding()).isTrue();
        assertThat(config.access().key()).isNull();
        assertThat(config.latency()).isEqualTo(
                new SimulatorConfig.Latency(Duration.ofMillis(150), Duration.ofMillis(400), 0, Duration.ofSeconds(60)));
        assertThat(config.faults().percent().values()).containsOnly(0.0);
        assertThat(config.faults().retryAfterSeconds()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"200ms, 200", "2s, 2000", "1m, 60000", "30, 30"})
    void readsDurations(String text, long millis) {
        SimulatorConfig.Latency latency = Simulated.by(Map.of("simulator.latency", text, "simulator.latency.min", "1h")).latency();
        assertThat(latency.min()).isEqualTo(Duration.ofMillis(millis));
        assertThat(latency.max()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "simulator.port,               70000",
        "simulator.seed,               x",
        "simulator.latency,            soon",
        "simulator.latency.max,        1ms",
        "simulator.latency.tail,       -1s",
        "simulator.latency.tail.percent, 101",
        "simulator.fault.reset,        NaN",
        "simulator.fault.html,         -1",
        "simulator.padding,            yes",
        "simulator.dribble-interval,   0",
        "simulator.credit,             -1",
        "simulator.key-refused-after,  -1",
        "simulator.served-model,       name",
        "simulator.fault.none,         1",
        "simulator.falt.reset,         1",
        "simulator.batch.faults,       line.none:1",
        "simulator.batch.faults,       line.error",
        "simulator.batch.faults,       line:20",
        "simulator.batch.routes,       v2",
        "simulator.batch.refusal,      text",
        "simulator.batch.usage,        some",
        "simulator.batch.expired,      all",
        "simulator.batch.page,         0",
        "simulator.batch.foreign,      -1",
        "simulator.batch.in-progress,  later",
        "simulator.tiers.flex-price,   -1",
        "simulator.tiers.flex-full,    101",
    })
    void refusesABadValueAndAnUnknownKeyByName(String key, String value) {
        assertThatThrownBy(() -> Simulated.by(Map.of(key, value)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(key);
    }

    @Test
    void refusesFaultsOfMoreThanAHundredPercent() {
        assertThatThrownBy(() -> Simulated.by(Map.of("simulator.fault.reset", "60", "simulator.fault.html", "50")))
                .hasMessageContaining("simulator.fault.*");
    }

    @Test
    void doesNotShowTheKey() {
        assertThat(Simulated.by(Map.of("simulator.key", "sk-secret", "simulator.management-key", "sk-secret")).toString()).doesNotContain("sk-secret");
    }

    @Test
    void spreadsLatenciesAndFaultsAsConfigured() {
        Setup setup = new Setup(Simulated.by(Map.of("simulator.latency.min", "100ms", "simulator.latency.max", "200ms",
                "simulator.latency.tail", "9s", "simulator.latency.tail.percent", "5", "simulator.fault.reset", "10")),
                Catalogue.load("/io/promptroutes/simulator/catalogue.json"));
        int tails = 0;
        int resets = 0;
        for (int i = 0; i < 10_000; i++) {
            Setup.Draw drawn = setup.draw();
            tails += drawn.latencyMillis() == 9_000 ? 1 : 0;
            resets += drawn.fault() == Fault.RESET ? 1 : 0;
            assertThat(drawn.latencyMillis()).satisfiesAnyOf(ms -> assertThat(ms).isBetween(100L, 200L), ms -> assertThat(ms).isEqualTo(9_000L));
        }
        assertThat(tails).isBetween(400, 600);
        assertThat(resets).isBetween(850, 1_150);
    }
}
