package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.process.Product.Ended;
import io.promptroutes.process.Product.Running;
import io.promptroutes.simulator.Simulator;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Four jobs at a time on one ledger, which together would spend about twice what the day's limit allows: about $0.10 is reserved
 * for a call, and it costs a sixth of that.
 */
record FourBatches(Path folder, List<Running> running) {

    static final BigDecimal LIMIT = new BigDecimal("5.00");
    /** Of all four together. */
    static final int PROMPTS = 700;
    /** 20,000 bytes are reserved as so many tokens of $3 a million, the simulator counts a quarter; 2,500 of output at $15. */
    private static final String PADDING = "lorem ipsum dolor si".repeat(1_000);

    /** @param keys settings, as {@code key=value} */
    static FourBatches start(Product product, Path folder, String... keys) {
        List<Running> running = new ArrayList<>();
        for (int process = 0; process < 4; process++) {
            product.file("prompts-" + process + ".jsonl", prompts(process * PROMPTS / 4, PROMPTS / 4));
            Stream<String> all = Stream.concat(Stream.of("budget.total.day=5", "budget.exhausted=reject", "catalogue.copy=data-" + process + "/models.json"),
                    Stream.of(keys));
            running.add(product.start(Stream.concat(Stream.of("batch", "prompts-" + process + ".jsonl", "--out", "out-" + process, "--concurrency", "50"),
                    all.flatMap(key -> Stream.of("-D", key))).toArray(String[]::new)));
        }
        return new FourBatches(folder, running);
    }

    boolean allAlive() {
        return running.stream().allMatch(one -> one.process().isAlive());
    }

    /** Waits for their ends. */
    void keepTheLimit(Simulator simulator) {
        List<Integer> alerts = new ArrayList<>();
        long outcomes = 0;
        for (int process = 0; process < 4; process++) {
            Ended ended = running.get(process).ended(Duration.ofMinutes(5));
            assertThat(ended.exit()).as(ended.err()).isIn(0, 1);
            Outputs outputs = Outputs.of(folder.resolve("out-" + process));
            outcomes += outputs.results().size() + outputs.deadLetters().size();
            assertThat(outputs.deadLetters()).allMatch(line -> line.at("/error/code").asText().equals("budget_exhausted"));
            alerts.addAll(percents(folder.resolve("out-" + process)));
        }
        assertThat(outcomes).isEqualTo(PROMPTS);
        BigDecimal billed = simulator.bill().billedUsd();
        System.out.printf("billed to four processes under budget.total.day=5: $%s%n", billed.toPlainString());
        assertThat(billed).isLessThanOrEqualTo(LIMIT).isGreaterThan(new BigDecimal("4.00"));
        assertThat(alerts).as("told by one of them").containsExactlyInAnyOrder(50, 80, 100);
    }

    /** Of the budget's marks, as told in an output folder, in order. */
    static List<Integer> percents(Path out) {
        return Outputs.lines(out.resolve("alerts.jsonl")).stream().map(alert -> alert.path("data"))
                .filter(data -> data.path("kind").asText().equals("budget")).map(data -> data.path("percent")).map(JsonNode::asInt).toList();
    }

    static String prompts(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> "{\"id\":\"p-%d\",\"prompt\":\"Name %d. %s\",\"budget\":\"premium\",\"max_tokens\":2500}%n".formatted(number,
                        number, PADDING)).collect(Collectors.joining());
    }
}
