package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.process.Product.Ended;
import io.promptroutes.simulator.Bill;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts that may cost nothing never reach a paid model, whatever goes wrong with the free ones. */
class FreeOnlyIT {

    private static final int PROMPTS = 500;

    @TempDir
    private Path folder;

    /** What goes wrong, the server's own way to send work elsewhere included. */
    @ParameterizedTest
    @ValueSource(strings = {
            "rate-limited=15,server-error=10,reset=5,error-in-200=5,cut-json=5,empty=5,html=5,moderation=5",
            "free-daily-cap=5,server-error=20,reset=10",
            "no-credit=30,affordable=20,server-error=20"})
    void underFaultsFreePromptsAreAnsweredByFreeModelsOnly(String faults) {
        Map<String, String> settings = new HashMap<>(Map.of("simulator.latency", "20ms", "simulator.seed", "20261122",
                "simulator.reset.billed", "true", "simulator.error-in-200.billed", "true", "simulator.record", "true"));
        for (String fault : faults.split(",")) {
            settings.put("simulator.fault." + fault.split("=")[0], fault.split("=")[1]);
        }
        Bill bill;
        Ended ended;
        try (Simulator simulator = Simulator.start(Simulated.by(settings))) {
            ended = Product.in(folder).calling(simulator).file("prompts.jsonl", prompts()).runHere("batch", "prompts.jsonl", "--out", "out",
                    "--concurrency", "50", "-D", "retry.backoff=50ms", "-D", "pause.first-look=200ms", "-D", "pause.max=1s");
            bill = simulator.bill();
        }
        // the cap of the day ends all free models' work: what is left is dead letters, not paid for
        boolean capped = faults.contains("free-daily-cap");
        assertThat(bill.requests()).as("calls; stderr:%n%s", ended.err()).isGreaterThan(capped ? 0 : PROMPTS);
        assertThat(bill.byModel()).isNotEmpty();
        assertThat(bill.byModel().keySet()).allMatch(model -> model.equals("openrouter/free") || model.endsWith(":free"));
        assertThat(bill.billedUsd()).isZero();

        assertThat(ended.exit()).as(ended.err()).isIn(0, 1);
        Outputs outputs = Outputs.of(folder.resolve("out"));
        assertThat(Stream.concat(outputs.resultIds().stream(), outputs.deadLetterIds().stream()))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, PROMPTS).mapToObj(number -> "p-" + number).toList());
        // the models that were called, answered or not: the bill knows only those that answered
        assertThat(Stream.concat(outputs.results().stream().map(result -> result.at("/fallback/attempts")),
                outputs.deadLetters().stream().map(letter -> letter.path("attempts"))).flatMap(attempts -> attempts.findValuesAsText("model").stream()))
                .isNotEmpty().allMatch(model -> model.equals("openrouter/free") || model.endsWith(":free"));
    }

    private static String prompts() {
        String[] texts = {"Write a poem about %d.", "Calculate %d plus one.", "Hello, I am %d.", "Compare %d and its square.",
                "Write a Python function that returns %d.", "Name something that there are %d of."};
        return IntStream.range(0, PROMPTS).mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"%s\",\"budget\":\"free\"}%n".formatted(number,
                texts[number % texts.length].formatted(number))).collect(Collectors.joining());
    }
}
